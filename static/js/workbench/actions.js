/** Everything a key, a button or the pointer can make the workbench do. */

import { boxOf, frameMoved, nudged, rounded } from "../lib/geometry.js";
import { laneLocked, toggledLane } from "../lib/lanes.js";
import * as time from "../lib/timescale.js";

const LARGE = 10;
const NUDGE_PX = 1000;
const SEEK_S = { plain: 1, large: 5 };

/**
 * Make the table of actions. Keys, the bar and the panel call these and nothing else.
 * `openPalette({x, y})` resolves to {class_id} or {text}, or to null when the person declined.
 */
export function createActions({ state, tags, player, openPalette }) {
  const context = { state, tags, player, openPalette };
  return { ...looking(context), ...playing(context), ...choosing(context), ...tagging(context) };
}

function looking({ state, tags }) {
  const look = (change) => state.set({ view: change(state.get().view) });
  const limits = () => time.viewLimits(state.get().media);
  return {
    pan: (fraction) => look((view) => time.panned(view, fraction)),
    panFrequency: (fraction) => look((view) => time.pannedFrequency(view, fraction)),
    /** Zoom in time around a moment: the one under the pointer unless another is given. */
    zoom: (factor, at_s = state.get().cursor?.time_s) =>
      look((view) => time.zoomed(view, factor, at_s ?? (view.start_s + view.end_s) / 2)),
    zoomFrequency: (factor, at_hz = state.get().cursor?.hz) =>
      look((view) => time.zoomedFrequency(view, factor, at_hz ?? (view.low_hz + view.high_hz) / 2)),
    fit: () =>
      look(() => ({ start_s: 0, end_s: limits().duration_s, low_hz: 0, high_hz: limits().top_hz })),
    zoomToSelection: () => {
      const tag = tags.get(state.get().selection);
      if (!tag) return;
      const box = boxOf(tag, limits().duration_s);
      look((view) => time.around(view, box.start_s, box.end_s));
    },
    goToStart: () => look((view) => time.startingAt(view, 0)),
    goToEnd: () => look((view) => time.startingAt(view, limits().duration_s)),
    reveal: (at_s) => look((view) => time.revealing(view, at_s)),
    setTool: (tool) => {
      if (tool !== "draw" || state.get().may.tag) state.set({ tool });
    },
    toggleTagsHidden: () => state.set({ tagsHidden: !state.get().tagsHidden }),
  };
}

function playing({ state, tags, player }) {
  const limits = () => time.viewLimits(state.get().media);
  const seek = (at_s) => {
    const to = Math.min(Math.max(at_s, 0), limits().duration_s);
    player.seek(to);
    state.set({ view: time.revealing(state.get().view, to) });
  };
  return {
    seek,
    goTo: seek,
    togglePlay: () => player.toggle(),
    playSelection: () => {
      const tag = tags.get(state.get().selection);
      return tag ? player.playTag(tag) : player.toggle();
    },
    /** Seek by 1 s, 5 s, or one frame or 10 ms. */
    step: (direction, { large = false, fine = false } = {}) => {
      const { media, playhead_s } = state.get();
      const frame_s = media.frame_rate ? 1 / media.frame_rate : 0.01;
      const by = fine ? frame_s : large ? SEEK_S.large : SEEK_S.plain;
      seek(playhead_s + direction * by);
    },
  };
}

function choosing({ state, tags }) {
  const select = (id) => state.set({ selection: id, draft: null });
  return {
    select,
    selectNext: (direction) => {
      const order = tags.inView();
      if (order.length === 0) return;
      const at = order.findIndex((tag) => tag.id === state.get().selection);
      const from = at < 0 && direction < 0 ? 0 : at;
      const next = order[(from + direction + order.length) % order.length];
      const { view, media } = state.get();
      const box = boxOf(next, time.viewLimits(media).duration_s);
      state.set({ selection: next.id, draft: null, view: time.revealing(view, box.start_s) });
    },
    /** Esc: first give up what is being drawn, then the selection; false when there was nothing. */
    cancel: () => {
      const { draft, rangeStart_s, selection } = state.get();
      if (draft || rangeStart_s !== null) state.set({ draft: null, rangeStart_s: null });
      else if (selection !== null) state.set({ selection: null });
      else return false;
      return true;
    },
    toggleLock: () => switchLane(state, "locked"),
    toggleSolo: () => switchLane(state, "solo"),
  };
}

/** Turn one switch of the lane that new tags go to. */
function switchLane(state, name) {
  const { lanes, defaultTagSetId } = state.get();
  if (defaultTagSetId !== null) state.set({ lanes: toggledLane(lanes, defaultTagSetId, name) });
}

function tagging(context) {
  const { state, tags } = context;
  const selected = () => editable(context, state.get().selection);
  const change = (changes) => selected() && tags.edit(state.get().selection, changes);
  return {
    place: (draft, at) => place(context, draft, at),
    nudge: (dx, dy, how) => nudge(context, dx, dy, how),
    setClass: (id) => setClass(context, id),
    repeatClass: () => setClass(context, state.get().lastClassId),
    setStatus: (status) => change({ status }),
    edit: (changes) => change(changes),
    removeSelected: () => {
      if (!selected()) return;
      tags.remove(state.get().selection);
      state.set({ selection: null, draft: null });
    },
    undo: () => tags.undo(),
    redo: () => tags.redo(),
    duplicate: () => duplicate(context),
    tagAtPlayhead: () => {
      const { playhead_s } = state.get();
      return place(context, rangeDraft(playhead_s, playhead_s));
    },
    rangeStart: () => state.set({ rangeStart_s: state.get().playhead_s }),
    rangeEnd: () => {
      const { rangeStart_s, playhead_s } = state.get();
      if (rangeStart_s === null || playhead_s <= rangeStart_s) return undefined;
      state.set({ rangeStart_s: null });
      return place(context, rangeDraft(rangeStart_s, playhead_s));
    },
  };
}

function rangeDraft(start_s, end_s) {
  return { start_s, end_s, low_hz: null, high_hz: null };
}

/** The tag, when this person may change it and its lane is not locked; else undefined. */
function editable({ state, tags }, id) {
  const tag = id === null ? undefined : tags.get(id);
  const { may, lanes } = state.get();
  return tag && may.tag && !laneLocked(lanes, tag.tag_set_id) ? tag : undefined;
}

/** Make a tag of a drawn shape: with the default class, else with the one chosen at the pointer. */
async function place(context, drawn, at = { x: innerWidth / 2, y: innerHeight / 2 }) {
  const { state, tags, openPalette } = context;
  const { media, may, lanes, defaultTagSetId, defaultClassId, spectrogram } = state.get();
  const tag_set_id = drawn.tag_set_id ?? defaultTagSetId;
  if (!may.tag || laneLocked(lanes, tag_set_id)) return null;
  const shape = drawn.frame_info ? drawn : { ...drawn, ...rounded(drawn) };
  const channel = media.channels > 1 ? spectrogram.channel : null;
  const draft = { channel, ...shape, tag_set_id, media_id: media.id };
  state.set({ draft, selection: null });
  const said = defaultClassId === null ? await openPalette(at) : { class_id: defaultClassId };
  if (state.get().draft !== draft) return null;
  state.set({ draft: null });
  if (said === null) return null;
  if (said.class_id) state.set({ lastClassId: said.class_id });
  return tags.create({ ...draft, ...said });
}

/** Give the selected tag a class; without one, make it the class of what is drawn next. */
function setClass(context, id) {
  const { state, tags } = context;
  if (id === null) return;
  const { selection, defaultClassId } = state.get();
  if (selection === null) state.set({ defaultClassId: id === defaultClassId ? null : id });
  else if (editable(context, selection)) {
    tags.edit(selection, { class_id: id, text: null });
    state.set({ lastClassId: id });
  }
}

/** Move the selected tag, or its later and higher edge, by a thousandth of the view. */
function nudge(context, dx, dy, { edge = false, large = false } = {}) {
  const { state, tags } = context;
  const { view, media, selection } = state.get();
  const tag = editable(context, selection);
  if (!tag) return;
  const steps = (large ? LARGE : 1) / NUDGE_PX;
  if (tag.frame_info) {
    const box = frameMoved(tag.frame_info.box, dx * steps, -dy * steps);
    tags.edit(selection, { frame_info: { ...tag.frame_info, box } });
    return;
  }
  const limits = time.viewLimits(media);
  const dt = dx * steps * (view.end_s - view.start_s);
  const df = dy * steps * (view.high_hz - view.low_hz);
  const box = nudged(boxOf(tag, limits.duration_s), dt, df, { edge, limits });
  tags.edit(selection, rounded(box));
}

/** The same tag again, right after the first. */
function duplicate(context) {
  const { state } = context;
  const tag = editable(context, state.get().selection);
  if (!tag) return undefined;
  const { media_id, tag_set_id, class_id, channel, frame_info, low_hz, high_hz } = tag;
  const { start_s, end_s } = tag;
  const by = end_s === null ? 0 : Math.max(end_s - start_s, 0);
  const { duration_s } = time.viewLimits(state.get().media);
  const shift = end_s + by <= duration_s ? by : 0;
  const times = end_s === null ? {} : { start_s: start_s + shift, end_s: end_s + shift };
  const copy = { media_id, tag_set_id, class_id, channel, frame_info, low_hz, high_hz, ...times };
  if (class_id === null) copy.text = tag.text;
  return context.tags.create(copy);
}
