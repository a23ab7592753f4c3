/** Boxes in time and frequency: how drawing, moving, resizing and nudging change them. No DOM. */

/** A box between two corners in any order; frequencies null for a range in time. */
export function boxBetween(a, b) {
  const box = {
    start_s: Math.min(a.time_s, b.time_s),
    end_s: Math.max(a.time_s, b.time_s),
    low_hz: null,
    high_hz: null,
  };
  if (a.hz === null || b.hz === null) return box;
  return { ...box, low_hz: Math.min(a.hz, b.hz), high_hz: Math.max(a.hz, b.hz) };
}

/** The box moved, keeping its size, but not out of the file. */
export function moved(box, dt, df, limits) {
  const by = Math.min(Math.max(dt, -box.start_s), limits.duration_s - box.end_s);
  const next = { ...box, start_s: box.start_s + by, end_s: box.end_s + by };
  if (box.low_hz === null || box.high_hz === null) return next;
  const up = Math.min(Math.max(df, -box.low_hz), limits.top_hz - box.high_hz);
  return { ...next, low_hz: box.low_hz + up, high_hz: box.high_hz + up };
}

/**
 * The box with some edges put elsewhere: `edges` is like "w", "ne" or "s" (n is high).
 * An edge pulled past its opposite changes places with it.
 */
export function resized(box, edges, to, limits) {
  let { start_s, end_s, low_hz, high_hz } = box;
  if (edges.includes("w")) start_s = within(to.time_s, limits.duration_s);
  if (edges.includes("e")) end_s = within(to.time_s, limits.duration_s);
  if (low_hz !== null && edges.includes("s")) low_hz = within(to.hz, limits.top_hz);
  if (high_hz !== null && edges.includes("n")) high_hz = within(to.hz, limits.top_hz);
  return {
    ...box,
    start_s: Math.min(start_s, end_s),
    end_s: Math.max(start_s, end_s),
    low_hz: low_hz === null ? null : Math.min(low_hz, high_hz),
    high_hz: high_hz === null ? null : Math.max(low_hz, high_hz),
  };
}

function within(value, most) {
  return Math.min(Math.max(value, 0), most);
}

/** The box after arrow keys: moved as a whole, or its later and higher edge only. */
export function nudged(box, dt, df, { edge, limits }) {
  if (!edge) return moved(box, dt, df, limits);
  const next = { ...box, end_s: Math.max(box.start_s, within(box.end_s + dt, limits.duration_s)) };
  if (box.high_hz === null) return next;
  return { ...next, high_hz: Math.max(box.low_hz, within(box.high_hz + df, limits.top_hz)) };
}

/** A box kept to sensible figures: 0.1 ms and 0.1 Hz, so that addresses and forms stay short. */
export function rounded(box) {
  return {
    start_s: round(box.start_s, 1e4),
    end_s: round(box.end_s, 1e4),
    low_hz: box.low_hz === null ? null : round(box.low_hz, 10),
    high_hz: box.high_hz === null ? null : round(box.high_hz, 10),
  };
}

function round(value, per) {
  return Math.round(value * per) / per;
}

/** Times and frequencies of a tag as a box; a tag without times is about the whole file. */
export function boxOf(tag, duration_s) {
  return {
    start_s: tag.start_s ?? 0,
    end_s: tag.end_s ?? duration_s,
    low_hz: tag.low_hz ?? null,
    high_hz: tag.high_hz ?? null,
  };
}

/** A rectangle of a picture between two corners, as fractions of it. */
export function frameBetween(a, b) {
  return {
    x1: within(Math.min(a.x, b.x), 1),
    y1: within(Math.min(a.y, b.y), 1),
    x2: within(Math.max(a.x, b.x), 1),
    y2: within(Math.max(a.y, b.y), 1),
  };
}

/** The rectangle moved inside the picture, or some of its edges put elsewhere. */
export function frameMoved(box, dx, dy) {
  const x = Math.min(Math.max(dx, -box.x1), 1 - box.x2);
  const y = Math.min(Math.max(dy, -box.y1), 1 - box.y2);
  return { x1: box.x1 + x, y1: box.y1 + y, x2: box.x2 + x, y2: box.y2 + y };
}

/** The rectangle with the edges named by "n", "e", "s", "w" put at a point. */
export function frameResized(box, edges, to) {
  const a = { x: edges.includes("w") ? to.x : box.x1, y: edges.includes("n") ? to.y : box.y1 };
  const b = { x: edges.includes("e") ? to.x : box.x2, y: edges.includes("s") ? to.y : box.y2 };
  return frameBetween(a, b);
}
