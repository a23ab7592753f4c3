/** Seconds to pixels and back, and what part of a file may be in view. No DOM here. */

const SHORTEST_S = 0.005;
const FIRST_S = 60;

/** Seconds to pixels and back, for one visible stretch of a media file. */
export function timescale({ start_s, end_s, width }) {
  const pixelsPerSecond = width / (end_s - start_s);
  return {
    pixelsPerSecond,
    toPixels: (seconds) => (seconds - start_s) * pixelsPerSecond,
    toSeconds: (pixels) => start_s + pixels / pixelsPerSecond,
  };
}

/** The bounds of every view of a media file. Files without sound have no frequencies. */
export function viewLimits(media) {
  const duration_s = media.duration_s > 0 ? media.duration_s : 1;
  const top_hz = media.sample_rate > 0 ? media.sample_rate / 2 : 1;
  return { duration_s, top_hz };
}

/** The view nearest to the wanted one that lies inside the file; the beginning when none. */
export function clampView(view, { duration_s, top_hz }) {
  const wanted = view ?? { start_s: 0, end_s: firstSpan(duration_s), low_hz: 0, high_hz: top_hz };
  const [start_s, end_s] = fitted(wanted.start_s, wanted.end_s, duration_s, SHORTEST_S);
  const [low_hz, high_hz] = fitted(wanted.low_hz, wanted.high_hz, top_hz, top_hz / 1000);
  return { start_s, end_s, low_hz, high_hz };
}

/** Seconds shown at first: short files whole, long ones their first minute. */
function firstSpan(duration_s) {
  return duration_s <= 1.5 * FIRST_S ? duration_s : FIRST_S;
}

/** A span of at least `least`, moved and cut so that it lies between 0 and `most`. */
function fitted(low, high, most, least) {
  const finite = Number.isFinite(low) && Number.isFinite(high);
  if (!finite || high - low >= most) return [0, most];
  const span = Math.min(most, Math.max(high - low, least));
  const start = span > high - low ? (low + high - span) / 2 : low;
  const begin = Math.min(Math.max(start, 0), most - span);
  return [begin, begin + span];
}

/** The view moved by a fraction of its own span; positive is later. */
export function panned(view, fraction) {
  const by = (view.end_s - view.start_s) * fraction;
  return { ...view, start_s: view.start_s + by, end_s: view.end_s + by };
}

/** The view moved in frequency by a fraction of its own range; positive is higher. */
export function pannedFrequency(view, fraction) {
  const by = (view.high_hz - view.low_hz) * fraction;
  return { ...view, low_hz: view.low_hz + by, high_hz: view.high_hz + by };
}

/** The view zoomed in time around a moment that stays where it is; factor > 1 shows less. */
export function zoomed(view, factor, at_s) {
  const start_s = at_s - (at_s - view.start_s) / factor;
  return { ...view, start_s, end_s: start_s + (view.end_s - view.start_s) / factor };
}

/** The view zoomed in frequency around one that stays where it is. */
export function zoomedFrequency(view, factor, at_hz) {
  const low_hz = at_hz - (at_hz - view.low_hz) / factor;
  return { ...view, low_hz, high_hz: low_hz + (view.high_hz - view.low_hz) / factor };
}

/** The view with a span inside it and a margin of a quarter of the span at each side. */
export function around(view, start_s, end_s, least_s = 0.5) {
  const span = Math.max(end_s - start_s, least_s / 2);
  const middle = (start_s + end_s) / 2;
  return { ...view, start_s: middle - 0.75 * span, end_s: middle + 0.75 * span };
}

/** The same view, moved only when the moment is outside of it. */
export function revealing(view, at_s) {
  if (at_s >= view.start_s && at_s <= view.end_s) return view;
  const span = view.end_s - view.start_s;
  return { ...view, start_s: at_s - span / 4, end_s: at_s + 0.75 * span };
}

/** The same view, beginning at a moment; `clampView` keeps it inside the file. */
export function startingAt(view, start_s) {
  return { ...view, start_s, end_s: start_s + view.end_s - view.start_s };
}
