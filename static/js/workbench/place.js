/** Keep the address of the page, and what a screen reader hears, in step with the state. */

import { formatAddress, parseAddress, viewOf } from "../lib/address.js";
import { formatHz, formatTime } from "../lib/format.js";
import { around, clampView, viewLimits } from "../lib/timescale.js";

const CALM_MS = 300;
const KEPT = "tagstore.place";

/** Take up the address that a reload was too quick for. */
export function takeUpAddress() {
  const [path, search] = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  sessionStorage.removeItem(KEPT);
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  if (type === "navigate" || path !== location.pathname) return;
  history.replaceState(history.state, "", search);
}

/** The view and selection that the address asks for. */
export function placeAsked(media) {
  const asked = parseAddress(location.search);
  const limits = viewLimits(media);
  const first = clampView(null, limits);
  const view = viewOf(asked, limits, first) ?? first;
  return { view, selection: asked.tag, isExact: asked.times !== null };
}

/** Show a tag that the address names without a time: look up where it is. */
export async function goToTag({ state, api }, id) {
  const tag = await api.get(`tags/${id}`).catch(() => null);
  if (!tag || tag.start_s === null) return;
  const view = around(state.get().view, tag.start_s, tag.end_s, 4);
  state.set({ view });
}

/**
 * Write the address a moment after the last change; returns what stops it. Who leaves before that
 * comes back to the address in this tab's storage: browsers no longer take one while they leave.
 */
export function keepAddress({ state }) {
  let timer = null;
  const stop = new AbortController();
  const address = () => {
    const { view, selection, media } = state.get();
    return formatAddress(media.kind === "image" ? null : view, selection, viewLimits(media));
  };
  const write = () => {
    timer = null;
    sessionStorage.removeItem(KEPT);
    history.replaceState(history.state, "", address());
  };
  const leave = () => {
    if (timer === null) return;
    sessionStorage.setItem(KEPT, JSON.stringify([location.pathname, address()]));
  };
  const unsubscribe = state.subscribe(["view", "selection"], () => {
    clearTimeout(timer);
    timer = setTimeout(write, CALM_MS);
  });
  addEventListener("pagehide", leave, { signal: stop.signal });
  return () => {
    clearTimeout(timer);
    stop.abort();
    unsubscribe();
  };
}

/** Say which tag is selected, in a live region, once it is known; returns what stops it. */
export function announceSelection({ state, tags }, region) {
  let said = null;
  const say = () => {
    const { selection } = state.get();
    const tag = tags.get(selection);
    if (selection === said || (selection !== null && !tag)) return;
    said = selection;
    region.textContent = tag ? wordsFor(tag, tags) : "Nothing selected.";
  };
  tags.addEventListener("change", say);
  const unsubscribe = state.subscribe(["selection"], say);
  return () => {
    tags.removeEventListener("change", say);
    unsubscribe();
  };
}

function wordsFor(tag, tags) {
  const order = tags.inView();
  const at = order.findIndex((one) => one.id === tag.id) + 1;
  const span = (format, from, to) => (from === null ? "" : `, ${format(from)} to ${format(to)}`);
  const times = span(formatTime, tag.start_s, tag.end_s);
  const range = span(formatHz, tag.low_hz, tag.high_hz);
  const place = at > 0 ? `, ${at} of ${order.length} in view` : "";
  return `Selected: ${tags.labelOf(tag)}${times}${range}${place}.`;
}

/** Show the frame of a video that a selected rectangle is on; returns what stops it. */
export function showFrames({ state, tags, player }) {
  return state.subscribe(["selection"], ({ selection, media, playing }) => {
    const frame = tags.get(selection)?.frame_info?.frame_idx;
    if (media.kind !== "video" || playing || frame === undefined) return;
    player.seek((frame + 0.5) / (media.frame_rate || 25));
  });
}

/** Turn the page when the playhead leaves the view it was in; returns what stops it. */
export function followPlayhead({ state }) {
  let before_s = state.get().playhead_s;
  return state.subscribe(["playhead_s"], ({ playhead_s, playing, view }) => {
    const wasIn = before_s >= view.start_s && before_s <= view.end_s;
    const isIn = playhead_s >= view.start_s && playhead_s <= view.end_s;
    before_s = playhead_s;
    if (!playing || !wasIn || isIn) return;
    const span = view.end_s - view.start_s;
    state.set({ view: { ...view, start_s: playhead_s, end_s: playhead_s + span } });
  });
}
