/** Lanes under the spectrogram: one for each tag set, with all of its tags as bars in time. */

import { laneShown } from "../lib/lanes.js";
import { timescale } from "../lib/timescale.js";
import { drawBox, drawHandles, isProvisional, Rects, thickness } from "./marks.js";

export const LANE_PX = 44;
const BAR_TOP_PX = 10;
const BAR_PX = 24;
const LABEL_LEAST_PX = 24;
const MOST_THIN_PX = 1.5;
const MOST_OUTLINED = 300;

export class Lanes {
  rects = new Rects();
  #rowOf = new Map();
  #taken = new Map();
  #isCrowded = false;

  constructor({ state, tags, surface, theme, looks }) {
    Object.assign(this, { state, tags, surface, theme, looks });
  }

  /** The tag set whose lane is at a height, or null below the last. */
  tagSetAt(y) {
    return this.state.get().tagSets[Math.floor(y / LANE_PX)]?.id ?? null;
  }

  draw() {
    const { surface, theme } = this;
    const state = this.state.get();
    const context = surface.begin();
    context.font = theme.font;
    context.textBaseline = "middle";
    context.textAlign = "left";
    this.#drawRows(context, state);
    const { start_s, end_s } = state.view;
    const scale = timescale({ start_s, end_s, width: surface.width });
    this.rects.clear();
    context.globalAlpha = state.draft ? 0.4 : 1;
    const visible = this.tags.visible();
    this.#isCrowded = visible.length > MOST_OUTLINED;
    for (const tag of visible) {
      const isChosen = tag.id === state.selection || tag.id === state.draft?.id;
      if (!isChosen) this.#bar(context, tag, scale, state);
    }
    this.#drawLabels(context);
    context.globalAlpha = 1;
    this.#drawChosen(context, state, scale);
  }

  #drawRows(context, { tagSets, tracks, lanes, draft, defaultTagSetId }) {
    const { surface, theme } = this;
    this.#rowOf.clear();
    const crowded = this.tags.density() !== null;
    tagSets.forEach((tagSet, row) => {
      this.#rowOf.set(tagSet.id, row);
      const y = row * LANE_PX;
      context.fillStyle = tagSet.id === defaultTagSetId ? theme.pictureRow : theme.picture;
      context.fillRect(0, y, surface.width, LANE_PX);
      context.fillStyle = theme.pictureLine;
      context.fillRect(0, y + LANE_PX - 1, surface.width, 1);
      const hasTags = tracks.some((track) => track.tag_set_id === tagSet.id && track.tags > 0);
      if (!crowded || draft || !hasTags || !laneShown(lanes, tagSet.id)) return;
      context.fillStyle = theme.pictureText2;
      context.fillText("Too many tags to show each: zoom in", 12, y + LANE_PX / 2);
    });
  }

  /** Draw one tag's bar; its rectangle, or null when it is out of view. */
  #bar(context, tag, scale, { media }, thick = thickness(this.surface)) {
    const row = this.#rowOf.get(tag.tag_set_id);
    const isTimeless = tag.start_s === null && tag.frame_info;
    if (row === undefined || isTimeless) return null;
    const x = scale.toPixels(tag.start_s ?? 0);
    const width = Math.max(scale.toPixels(tag.end_s ?? media.duration_s) - x, 2);
    if (x + width < 0 || x > this.surface.width) return null;
    const rect = this.rects.add(tag, x, row * LANE_PX + BAR_TOP_PX, width, BAR_PX);
    const look = this.looks.of(tag);
    this.#fill(context, rect, look, tag, thick);
    return rect;
  }

  #fill(context, rect, look, tag, thick) {
    if (thick > MOST_THIN_PX) {
      context.fillStyle = this.theme.picture;
      context.fillRect(rect.x, rect.y, rect.width, rect.height);
    }
    context.fillStyle = look.colour;
    if (rect.width < 4) {
      context.fillRect(rect.x, rect.y, rect.width, rect.height);
      return;
    }
    if (this.#isCrowded && thick <= MOST_THIN_PX) drawSoftly(context, rect, look);
    else drawBox(context, rect, look, thick, isProvisional(tag));
  }

  /** Names inside their bars, each only where the one before it has left room. */
  #drawLabels(context) {
    this.#taken.clear();
    for (let i = 0; i < this.rects.count; i += 1) this.#label(context, this.rects.list[i]);
  }

  /** The name, moved to stay readable at the sides; none when it does not fit. */
  #label(context, rect) {
    if (rect.width < LABEL_LEAST_PX) return;
    const text = this.looks.text(rect.tag);
    const left = Math.max(rect.x, 0) + 6;
    const right = Math.min(rect.x + rect.width, this.surface.width) - 4;
    const width = this.looks.width(context, text);
    if (right - left < width || left < (this.#taken.get(rect.y) ?? 0)) return;
    this.#taken.set(rect.y, left + width);
    context.fillStyle = this.theme.pictureText;
    context.fillText(text, left, rect.y + rect.height / 2 + 0.5);
  }

  #drawChosen(context, state, scale) {
    const { draft, selection, may } = state;
    const kept = this.tags.get(draft ? (draft.id ?? null) : selection);
    if (!kept && !draft) return;
    const tag = draft ? { ...kept, ...draft } : kept;
    const rect = this.#bar(context, tag, scale, state, 2);
    this.#taken.clear();
    if (rect && kept) this.#label(context, rect);
    if (rect && kept && may.tag) drawHandles(context, rect, this.looks.of(tag).colour, true);
  }
}

/** Two rectangles in place of five, where hundreds of bars are painted in each frame. */
function drawSoftly(context, { x, y, width, height }, look) {
  const left = Math.round(x);
  context.fillRect(left, y, 1, height);
  context.fillStyle = look.soft;
  context.fillRect(left + 1, y, Math.max(Math.round(x + width) - left - 2, 1), height);
}
