/** The overlay: playhead, crosshair, the start of a range, and a magnifier for fingers. */

import { timescale } from "../lib/timescale.js";
import { axisOf } from "./spectrogram.js";

const LENS_PX = 56;
const LENS_TIMES = 2;

export class Crosshair {
  #isEmpty = false;

  /** `sound` is the spectrogram's surface or null; the overlay covers it and all lanes. */
  constructor({ state, surface, sound, theme }) {
    Object.assign(this, { state, surface, sound, theme });
    this.finger = null;
  }

  draw() {
    const { surface, theme } = this;
    const { view, playhead_s, cursor, rangeStart_s } = this.state.get();
    const scale = timescale({ start_s: view.start_s, end_s: view.end_s, width: surface.width });
    const head = scale.toPixels(playhead_s);
    if (this.#isDrawn(head, cursor, rangeStart_s)) return;
    const context = surface.begin();
    if (rangeStart_s !== null) {
      const x = scale.toPixels(rangeStart_s);
      context.fillStyle = "rgba(53, 196, 181, 0.18)";
      context.fillRect(x, 0, head - x, surface.height);
    }
    this.#upright(context, head, theme.accent, 2);
    if (cursor) this.#cross(context, scale, cursor);
    if (this.finger) this.#magnify(context);
  }

  /** Whether nothing was and is to be drawn: then the large canvas is left alone. */
  #isDrawn(head, cursor, rangeStart_s) {
    const isOut = head < 0 || head > this.surface.width;
    const isEmpty = isOut && !cursor && rangeStart_s === null && !this.finger;
    const stays = isEmpty && this.#isEmpty;
    this.#isEmpty = isEmpty;
    return stays;
  }

  #upright(context, x, colour, width) {
    if (x < 0 || x > this.surface.width) return;
    context.fillStyle = colour;
    context.fillRect(Math.round(x) - width / 2, 0, width, this.surface.height);
  }

  #cross(context, scale, cursor) {
    this.#upright(context, scale.toPixels(cursor.time_s), "rgba(213, 220, 228, 0.55)", 1);
    if (cursor.hz === null || !this.sound) return;
    const y = axisOf(this.state.get(), this.sound.height).toY(cursor.hz);
    context.fillRect(0, Math.round(y), this.sound.width, 1);
  }

  /** What is under the finger, drawn twice as large above it. */
  #magnify(context) {
    const { x, y } = this.finger;
    const { canvas, ratio } = this.sound;
    const half = LENS_PX / LENS_TIMES;
    const top = y > LENS_PX * 3 ? y - LENS_PX * 2 : y + LENS_PX * 2;
    context.save();
    context.beginPath();
    context.arc(x, top, LENS_PX, 0, Math.PI * 2);
    context.clip();
    const from = [(x - half) * ratio, (y - half) * ratio, 2 * half * ratio, 2 * half * ratio];
    context.drawImage(canvas, ...from, x - LENS_PX, top - LENS_PX, 2 * LENS_PX, 2 * LENS_PX);
    context.fillStyle = this.theme.accent;
    context.fillRect(x - LENS_PX, top, 2 * LENS_PX, 1);
    context.fillRect(x, top - LENS_PX, 1, 2 * LENS_PX);
    context.restore();
  }
}
