/** Arithmetic of time windows: what to ask for, what is already there, what to hear next. */

/** Tags that one window may hold before only their density is shown. */
export const MOST_TAGS = 1500;

/** The view with a margin on each side, kept inside the file. */
export function padded(view, duration, margin = 0.5) {
  const extra = (view.end_s - view.start_s) * margin;
  return {
    start_s: Math.max(0, view.start_s - extra),
    end_s: Math.min(duration ?? Infinity, view.end_s + extra),
  };
}

/** Whether a loaded window holds all of the wanted one. */
export function covers(loaded, wanted) {
  return loaded !== null && loaded.start_s <= wanted.start_s && loaded.end_s >= wanted.end_s;
}

/** Whether a stretch touches a window; points and open ends count. */
export function touches(window, start_s, end_s) {
  const from = start_s ?? -Infinity;
  const until = end_s ?? Infinity;
  const isPoint = from === until;
  return from < window.end_s && (isPoint ? from >= window.start_s : until > window.start_s);
}

/** Whether a loaded density covers the view about as finely as asked (within a factor of two). */
export function densityServes(density, wanted, bins) {
  if (!density || !covers(density, wanted)) return false;
  const loadedBin = (density.end_s - density.start_s) / density.bins;
  const wantedBin = (wanted.end_s - wanted.start_s) / bins;
  return loadedBin <= wantedBin * 2 && loadedBin >= wantedBin / 4;
}

/** Tags to expect in a window by a density that covers it, bins at the edges in part; else null. */
export function expectedTags(density, window) {
  if (!density || !covers(density, window)) return null;
  const bin_s = (density.end_s - density.start_s) / density.bins;
  const from = (window.start_s - density.start_s) / bin_s;
  const until = (window.end_s - density.start_s) / bin_s;
  let total = 0;
  for (let bin = Math.floor(from); bin < Math.min(density.bins, until); bin += 1) {
    const share = Math.min(bin + 1, until) - Math.max(bin, from);
    for (const { counts } of density.counts) total += counts[bin] * share;
  }
  return total;
}

/** Whether a density says for sure that a window holds too many tags; a few bins say nothing. */
export function surelyCrowded(density, window) {
  const expected = expectedTags(density, window);
  if (expected === null) return false;
  const bin_s = (density.end_s - density.start_s) / density.bins;
  return expected > MOST_TAGS * 1.5 && window.end_s - window.start_s >= bin_s * 4;
}

/**
 * What to ask for next: nothing, "tags" or "density". `hint` is any density known so far,
 * `tooMany` the last window found to hold more tags than are shown.
 */
export function nextRequest({ view, duration, bins, loaded, density, hint, tooMany }) {
  if (covers(loaded, view)) return { kind: "nothing", shows: "tags" };
  const known = tooMany !== null && covers(view, tooMany);
  if (!known && !surelyCrowded(density ?? hint, view)) {
    return { kind: "tags", window: roomyWindow(view, duration, density ?? hint) };
  }
  if (densityServes(density, view, bins)) return { kind: "nothing", shows: "density" };
  return { kind: "density", window: padded(view, duration), bins: bins * 2 };
}

/** The padded view, or the bare one where the margin would bring too many tags. */
function roomyWindow(view, duration, hint) {
  const wide = padded(view, duration);
  const many = expectedTags(hint, wide) ?? expectedTags(hint, view);
  return many !== null && many > MOST_TAGS * 0.75 ? padded(view, duration, 0) : wide;
}

/** The stretch of sound to load: to the given end, at most ten minutes, heard or cut. */
export function soundWindow(from_s, until_s, duration, rate, longest_s = 600) {
  const end_s = Math.min(until_s ?? Infinity, duration, from_s + longest_s * Math.min(rate, 1));
  return { start_s: from_s, end_s, complete: end_s >= Math.min(until_s ?? Infinity, duration) };
}
