/** The frequency axis beside the spectrogram and the time axis below it, with clock times. */

import { clockLabel, clockShift, fileTimeLabel, timeStep } from "../lib/ticks.js";
import { frequencyLabel, frequencyTicks } from "../lib/ticks.js";
import { timescale } from "../lib/timescale.js";
import { axisOf } from "./spectrogram.js";

const LABEL_PX = 88;

export class FrequencyAxis {
  constructor({ state, surface, theme }) {
    Object.assign(this, { state, surface, theme });
  }

  draw() {
    const { surface, theme } = this;
    const state = this.state.get();
    const context = surface.begin();
    const axis = axisOf(state, surface.height);
    const { high_hz } = state.view;
    const low_hz = Math.max(state.view.low_hz, axis.floor_hz);
    const kind = state.spectrogram.scale;
    context.font = theme.font;
    context.textAlign = "right";
    context.textBaseline = "middle";
    const ticks = frequencyTicks({ kind, low_hz, high_hz, toY: axis.toY, height: surface.height });
    for (const hz of ticks) {
      const y = axis.toY(hz);
      context.fillStyle = theme.pictureLine;
      context.fillRect(surface.width - 5, Math.round(y), 5, 1);
      context.fillStyle = theme.pictureText2;
      const inside = Math.min(Math.max(y, 8), surface.height - 8);
      context.fillText(frequencyLabel(hz), surface.width - 9, inside);
    }
    context.textAlign = "left";
    context.fillText("Hz", 6, 9);
  }
}

export class TimeAxis {
  constructor({ state, surface, theme }) {
    Object.assign(this, { state, surface, theme });
  }

  draw() {
    const { surface, theme } = this;
    const { view, media } = this.state.get();
    const context = surface.begin();
    context.font = theme.font;
    context.textBaseline = "middle";
    context.textAlign = "center";
    const step = timeStep((view.end_s - view.start_s) / surface.width, LABEL_PX);
    const line = media.recorded_at ? surface.height / 4 : surface.height / 2;
    const fileTime = (at) => fileTimeLabel(at, step);
    this.#marks(context, view, step, 0, line + 1, theme.pictureText, fileTime);
    if (!media.recorded_at) return;
    const shift = clockShift(media, step);
    const label = (at) => clockLabel(media, at, step);
    this.#marks(context, view, step, shift, 3 * line, theme.pictureText2, label);
  }

  #marks(context, view, step, shift, y, colour, label) {
    const scale = timescale({ ...view, width: this.surface.width });
    const first = Math.ceil((view.start_s - shift) / step);
    const last = Math.floor((view.end_s - shift) / step);
    for (let i = first; i <= last; i += 1) {
      const at = i * step + shift;
      const x = scale.toPixels(at);
      context.fillStyle = this.theme.pictureLine;
      if (shift === 0) context.fillRect(Math.round(x), 0, 1, 4);
      context.fillStyle = colour;
      const half = 30;
      const inside = Math.min(Math.max(x, half), this.surface.width - half);
      if (Math.abs(inside - x) < half) context.fillText(label(at), inside, y);
    }
  }
}
