/** Wait for a moment of quiet before or after acting, but not for ever. No DOM here. */

/** A function that acts once it was not called for `quiet_ms`, at the latest after `most_ms`. */
export function calmly(act, { quiet_ms, most_ms }) {
  let timer = null;
  let since_ms = 0;
  return () => {
    const now_ms = performance.now();
    if (timer === null) since_ms = now_ms;
    clearTimeout(timer);
    const wait_ms = Math.max(0, Math.min(quiet_ms, since_ms + most_ms - now_ms));
    timer = setTimeout(() => {
      timer = null;
      act();
    }, wait_ms);
  };
}

/** The same, but a call that comes after such a quiet is acted on at once. */
export function promptly(act, limits) {
  const soon = calmly(act, limits);
  let called_ms = -Infinity;
  return () => {
    const since_ms = performance.now() - called_ms;
    called_ms = performance.now();
    if (since_ms > limits.quiet_ms) act();
    else soon();
  };
}
