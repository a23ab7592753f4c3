/** Boxes drawn onto the spectrogram, as ticks when thin, and the densities of crowded views. */

import { LabelRows, labelPlace } from "../lib/labels.js";
import { timescale } from "../lib/timescale.js";
import { drawDensity } from "./density.js";
import { drawBox, drawHandles, isProvisional, Rects, thickness } from "./marks.js";
import { axisOf } from "./spectrogram.js";

const TICK_PX = 3;
const LABEL_LEAST_PX = 14;
const DENSITY_PX = 40;
const MOST_FILLED = 300;

export class TagLayer {
  rects = new Rects();
  #rows = new LabelRows();
  #place = { x: 0, y: 0 };

  constructor({ state, tags, surface, theme, looks }) {
    Object.assign(this, { state, tags, surface, theme, looks });
  }

  draw() {
    const { surface } = this;
    const state = this.state.get();
    const context = surface.resume();
    context.font = this.theme.font;
    context.textBaseline = "middle";
    context.textAlign = "left";
    const { start_s, end_s } = state.view;
    const scale = timescale({ start_s, end_s, width: surface.width });
    const axis = axisOf(state, surface.height);
    this.#measure(state, scale, axis);
    const density = state.tagsHidden ? null : this.tags.density();
    if (density) drawDensity(context, density, scale, surface.height, DENSITY_PX, this.looks);
    this.#drawBoxes(context, state);
    this.#drawChosen(context, state, scale, axis);
  }

  /** Work out where the boxes in view lie. */
  #measure({ selection, draft }, scale, axis) {
    const { rects, surface } = this;
    rects.clear();
    for (const tag of this.tags.visible()) {
      if (tag.low_hz === null || tag.high_hz === null || tag.start_s === null) continue;
      if (tag.id === selection || tag.id === draft?.id) continue;
      const x = scale.toPixels(tag.start_s);
      const right = scale.toPixels(tag.end_s);
      if (right < 0 || x > surface.width) continue;
      const y = axis.toY(tag.high_hz);
      rects.add(tag, x, y, Math.max(right - x, 1), axis.toY(tag.low_hz) - y);
    }
  }

  #drawBoxes(context, { draft, selection }) {
    const { rects } = this;
    context.globalAlpha = draft ? 0.35 : 1;
    this.#rows.clear(this.surface.height);
    for (let i = 0; i < rects.count; i += 1) this.#drawBox(context, rects.list[i]);
    for (let i = 0; i < rects.count && !draft; i += 1) {
      const rect = rects.list[i];
      const isWide = rect.width >= LABEL_LEAST_PX;
      if (isWide && rect.id !== selection) this.#drawLabel(context, rect, false);
    }
    context.globalAlpha = 1;
  }

  #drawBox(context, rect) {
    const look = this.looks.of(rect.tag);
    if (rect.width < TICK_PX) {
      context.fillStyle = look.colour;
      context.fillRect(rect.x, rect.y, 2, Math.max(rect.height, 2));
      return;
    }
    const inside = this.rects.count > MOST_FILLED ? look.hollow : look;
    drawBox(context, rect, inside, thickness(this.surface), isProvisional(rect.tag));
  }

  #drawLabel(context, rect, always) {
    const text = this.looks.text(rect.tag);
    const width = this.looks.width(context, text) + 8;
    const { x, y } = labelPlace(rect, width, this.surface, this.#place);
    if (!this.#rows.take(x, y, width) && !always) return;
    context.fillStyle = "rgba(10, 13, 17, 0.72)";
    context.fillRect(x, y, width, 16);
    context.fillStyle = this.looks.of(rect.tag).colour;
    context.fillText(text, x + 4, y + 8.5);
  }

  /** The selected tag, or what is being drawn or changed, above everything else. */
  #drawChosen(context, { selection, draft, may, media }, scale, axis) {
    const kept = this.tags.get(draft ? (draft.id ?? null) : selection);
    const tag = draft ? { ...kept, ...draft } : kept;
    if (!tag || tag.frame_info) return;
    const x = scale.toPixels(tag.start_s ?? 0);
    const width = Math.max(scale.toPixels(tag.end_s ?? media.duration_s) - x, 1);
    const isRange = tag.low_hz === null || tag.high_hz === null;
    const y = isRange ? 0 : axis.toY(tag.high_hz);
    const height = isRange ? this.surface.height : axis.toY(tag.low_hz) - y;
    const rect = this.rects.add(tag, x, y, width, height);
    const look = this.looks.of(tag);
    drawBox(context, rect, look, 2, isProvisional(tag));
    if (kept) this.#drawLabel(context, rect, true);
    if (kept && may.tag) drawHandles(context, rect, look.colour, isRange);
  }
}
