import assert from "node:assert/strict";
import { test } from "node:test";

import { createClock } from "../../static/js/lib/clock.js";

/** What the clock shows each frame for a player whose own clock moves every `step` seconds. */
function watch(clock, { step, frames, rate = 1, frame_s = 1 / 60 }) {
  return Array.from({ length: frames }, (_, index) => {
    const now = index * frame_s;
    const position = Math.floor(now / step + 1e-9) * step * rate;
    return clock.read(position, now, rate);
  });
}

test("a stepping clock is shown as a steady one", () => {
  const shown = watch(createClock(), { step: 0.1, frames: 120 });
  const moves = shown.slice(30).map((at, index) => at - shown[index + 29]);

  assert.ok(Math.min(...moves) > 0.012, String(Math.min(...moves)));
  assert.ok(Math.max(...moves) < 0.021, String(Math.max(...moves)));
});

test("the clock stays within a step of the player's own", () => {
  const shown = watch(createClock(), { step: 0.1, frames: 600 });

  const errors = shown.map((at, index) => Math.abs(at - index / 60));

  assert.ok(Math.max(...errors) < 0.1, String(Math.max(...errors)));
});

test("slowed down, the clock runs slower", () => {
  const shown = watch(createClock(), { step: 0.05, frames: 61, rate: 0.1 });

  assert.ok(Math.abs(shown[60] - 0.1) < 0.01, String(shown[60]));
});

test("a jump is followed at once", () => {
  const clock = createClock();
  clock.read(1, 0, 1);

  assert.equal(clock.read(50, 0.1, 1), 50);
});

test("a player that stalls does not run away", () => {
  const clock = createClock();
  clock.read(1, 0, 1);

  const shown = [0.2, 0.4, 0.6, 0.8, 1, 1.5, 2].map((now) => clock.read(1, now, 1));

  assert.ok(Math.max(...shown) <= 1.66, String(Math.max(...shown)));
});

test("after a reset the clock begins where the player is", () => {
  const clock = createClock();
  clock.read(1, 0, 1);
  clock.reset();

  assert.equal(clock.read(1.05, 9, 1), 1.05);
});
