/** A smooth clock over a player's own, which moves in steps. No DOM here. */

const JUMP_S = 0.15;
const LONGEST_GUESS_S = 0.5;
const PULL = 0.1;

/** `read(position_s, now_s, rate)` gives the smooth position; `reset()` forgets the last one. */
export function createClock() {
  let reading = null;
  let shown = null;

  function restart(position, now) {
    reading = { position, now };
    shown = { position, now };
    return position;
  }

  return {
    read(position, now, rate) {
      if (reading === null) return restart(position, now);
      if (position !== reading.position) reading = { position, now };
      const since = Math.min(now - reading.now, LONGEST_GUESS_S);
      const expected = reading.position + since * rate;
      const guess = shown.position + (now - shown.now) * rate;
      if (Math.abs(expected - guess) > JUMP_S) return restart(position, now);
      shown = { position: guess + (expected - guess) * PULL, now };
      return shown.position;
    },
    reset() {
      reading = null;
      shown = null;
    },
  };
}
