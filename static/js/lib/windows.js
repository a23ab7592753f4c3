/** Arithmetic of time windows: what to ask for, what is already there, what to hear next. */

/** Tags that one window may hold before only their density is shown. */
export const MOST_TAGS = 1500;

/** Shares of the view to load on either side of it, so that a small pan asks for nothing. */
const MARGINS = [0.5, 0.25, 0.1];

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

/** The most tags that may begin in a window by a density, whose counts lie up to a bin early. */
export function mostTags(density, window) {
  if (!density) return 0;
  const bin_s = (density.end_s - density.start_s) / density.bins;
  const from = Math.floor((window.start_s - density.start_s) / bin_s) - 1;
  const until = Math.ceil((window.end_s - density.start_s) / bin_s);
  const sum = (total, { counts }) =>
    counts.slice(Math.max(0, from), until).reduce((part, count) => part + count, total);
  return density.counts.reduce(sum, 0);
}

/** Of two densities the finer one that covers a window; the other covers the whole file. */
const telling = (density, hint, window) => (density && covers(density, window) ? density : hint);

/**
 * What to ask for next: nothing, "tags" or "density". `hint` is a density of the whole file or
 * null, `tooMany` the last window found to hold more tags than are shown. Tags are asked for only
 * where a density, if there is one, tells that all of them will be shown.
 */
export function nextRequest({ view, duration, bins, loaded, density, hint, tooMany }) {
  if (covers(loaded, view)) return { kind: "nothing", shows: "tags" };
  const isKnown = tooMany !== null && covers(view, tooMany);
  if (densityServes(density, view, bins)) {
    const isCrowded = isKnown || expectedTags(density, view) > MOST_TAGS;
    if (isCrowded) return { kind: "nothing", shows: "density" };
  } else if (isKnown || mostTags(telling(density, hint, view), view) > MOST_TAGS) {
    return { kind: "density", window: padded(view, duration), bins: bins * 2 };
  }
  return { kind: "tags", window: roomyWindow(view, duration, density, hint) };
}

/** The view with as much of a margin as is sure not to bring too many tags. */
function roomyWindow(view, duration, density, hint) {
  const fits = (margin) => {
    const wide = padded(view, duration, margin);
    return mostTags(telling(density, hint, wide), wide) <= MOST_TAGS;
  };
  return padded(view, duration, MARGINS.find(fits) ?? 0);
}

/** The stretch of sound to load: to the given end, at most ten minutes, heard or cut. */
export function soundWindow(from_s, until_s, duration, rate, longest_s = 600) {
  const end_s = Math.min(until_s ?? Infinity, duration, from_s + longest_s * Math.min(rate, 1));
  return { start_s: from_s, end_s, complete: end_s >= Math.min(until_s ?? Infinity, duration) };
}
