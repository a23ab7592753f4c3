/** One observable, plain state for the whole workbench. No DOM here. */

import { clampView, viewLimits } from "../lib/timescale.js";

/** Make a state; `set` tells those subscribers whose keys have really changed. */
export function createState(initial) {
  const subscribers = new Set();
  let current = Object.freeze(settled({ ...DEFAULTS, ...initial }));

  function set(patch) {
    const next = settled({ ...current, ...patch });
    const changed = Object.keys(next).filter((key) => !Object.is(next[key], current[key]));
    if (changed.length === 0) return;
    current = Object.freeze(next);
    for (const { keys, fn } of [...subscribers]) {
      if (keys.some((key) => changed.includes(key))) fn(current, changed);
    }
  }

  function subscribe(keys, fn) {
    const subscriber = { keys, fn };
    subscribers.add(subscriber);
    return () => subscribers.delete(subscriber);
  }

  return { get: () => current, set, subscribe };
}

/** What is so until someone says otherwise. */
export const DEFAULTS = {
  media: null,
  project: null,
  classes: [],
  tagSets: [],
  tracks: [],
  user: null,
  may: { tag: false, manage: false },
  view: null,
  spectrogram: {
    n_fft: 1024,
    overlap: 0.5,
    window: "hann",
    channel: 1,
    scale: "linear",
    map: "inferno",
    contrast: 1,
    brightness: 0,
  },
  tool: "select",
  selection: null,
  defaultClassId: null,
  lastClassId: null,
  defaultTagSetId: null,
  cursor: null,
  playhead_s: 0,
  playing: false,
  rate: 1,
  loop: false,
  band: false,
  rangeStart_s: null,
  save: { state: "saved", message: "", pending: 0 },
  pictures: "none",
  picturesProgress: null,
  pictureTrouble: null,
  isRough: false,
  playTrouble: null,
  next: null,
  previous: null,
  tagsHidden: false,
  lanes: {},
  draft: null,
};

/** Keep the view inside the file, whoever sets it. */
function settled(state) {
  if (!state.media) return state;
  const view = clampView(state.view, viewLimits(state.media));
  return sameView(view, state.view) ? state : { ...state, view };
}

function sameView(a, b) {
  return (
    b !== null &&
    a.start_s === b.start_s &&
    a.end_s === b.end_s &&
    a.low_hz === b.low_hz &&
    a.high_hz === b.high_hz
  );
}
