/** The strip that shows the whole file: rough spectrogram, tag density and the view window. */

import { bandsBetween, frequencyScale, pictureRow } from "../lib/frequencies.js";
import { timescale, viewLimits } from "../lib/timescale.js";
import * as tiles from "../lib/tiles.js";
import { drawDensity } from "./density.js";
import { TilePictures } from "./tilepictures.js";

const DENSITY_PX = 14;
const EDGE_PX = 6;

export class Overview {
  #pictures = null;
  #set = null;
  #base = document.createElement("canvas");
  #drawn = [];

  /** `cache` is null when the file has no sound. */
  constructor({ state, tags, surface, theme, looks, cache }) {
    Object.assign(this, { state, tags, surface, theme, looks, cache });
    cache?.addEventListener("forget", (event) => this.#pictures?.forget(event.detail));
  }

  /** Seconds to pixels of the whole file. */
  scale() {
    const { duration_s } = viewLimits(this.state.get().media);
    return timescale({ start_s: 0, end_s: duration_s, width: this.surface.width });
  }

  draw() {
    const { surface, theme } = this;
    const { view, playhead_s } = this.state.get();
    const context = surface.begin();
    this.#refresh();
    context.drawImage(this.#base, 0, 0, surface.width, surface.height);
    const scale = this.scale();
    const left = scale.toPixels(view.start_s);
    const right = Math.max(scale.toPixels(view.end_s), left + 2);
    context.fillStyle = "rgba(5, 7, 10, 0.62)";
    context.fillRect(0, 0, left, surface.height);
    context.fillRect(right, 0, surface.width - right, surface.height);
    context.strokeStyle = theme.pictureText;
    context.lineWidth = 1.5;
    context.strokeRect(left + 0.75, 0.75, Math.max(right - left - 1.5, 1), surface.height - 1.5);
    context.fillStyle = theme.accent;
    context.fillRect(Math.round(scale.toPixels(playhead_s)), 0, 1, surface.height);
  }

  /** Draw what does not move with the view once, for as long as nothing of it changes. */
  #refresh() {
    const { surface, theme, tags } = this;
    const { spectrogram, classes } = this.state.get();
    const { canvas, ratio } = surface;
    const tile = this.cache?.current.get(this.cache.current.grid.topLevel, 0);
    const density = tags.overview();
    const now = [canvas.width, canvas.height, spectrogram, classes, density, tile, tile?.revision];
    if (now.every((value, i) => value === this.#drawn[i])) return;
    this.#drawn = now;
    this.#base.width = canvas.width;
    this.#base.height = canvas.height;
    const context = this.#base.getContext("2d");
    context.scale(ratio, ratio);
    context.fillStyle = theme.picture;
    context.fillRect(0, 0, surface.width, surface.height);
    if (this.cache) this.#drawSound(context);
    if (!density) return;
    drawDensity(context, density, this.scale(), surface.height - 1, DENSITY_PX, this.looks);
  }

  /** Draw the tile that holds the whole file; the last one stays until it has come. */
  #drawSound(context) {
    const { current } = this.cache;
    const tile = current.get(current.grid.topLevel, 0);
    if (tile && this.#set !== current) {
      this.#set = current;
      this.#pictures = new TilePictures(current.grid);
    }
    const shown = this.#set?.get(this.#set.grid.topLevel, 0);
    if (!shown) return;
    const { spectrogram } = this.state.get();
    const { grid } = this.#set;
    const { height, canvas, width } = this.surface;
    const wanted = this.#pictures.look(spectrogram, 1, Math.min(canvas.height, grid.rows / 2));
    const { warp } = frequencyScale(spectrogram.scale, grid.top_hz);
    const bottom = pictureRow(spectrogram.scale, grid.rows, wanted, warp(0));
    const bands = bandsBetween(0, bottom, wanted);
    const x = this.scale().toPixels(tiles.timeOfColumn(grid, grid.topLevel, 0));
    for (let band = bands.first; band <= bands.last; band += 1) {
      const picture = this.#pictures.picture(shown, band, wanted);
      const share = height / (bands.last + 1);
      context.drawImage(picture, x, band * share, width - x, share);
    }
  }

  /** What a press at a place would drag: an edge of the window, the window, or null beside it. */
  gripAt(x) {
    const { view } = this.state.get();
    const scale = this.scale();
    const left = scale.toPixels(view.start_s);
    const right = scale.toPixels(view.end_s);
    if (right - left > 4 * EDGE_PX && Math.abs(x - left) <= EDGE_PX) return "start";
    if (right - left > 4 * EDGE_PX && Math.abs(x - right) <= EDGE_PX) return "end";
    return x >= left - EDGE_PX && x <= right + EDGE_PX ? "window" : null;
  }

  /** Listen to the pointer; returns what stops it. */
  listen() {
    const { canvas } = this.surface;
    const stop = new AbortController();
    const options = { signal: stop.signal };
    let grip = null;
    let offset_s = 0;
    const timeAt = (event) => this.scale().toSeconds(event.offsetX);
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      grip = this.gripAt(event.offsetX) ?? "window";
      const { view } = this.state.get();
      const isInside = this.gripAt(event.offsetX) !== null;
      offset_s = isInside ? timeAt(event) - view.start_s : (view.end_s - view.start_s) / 2;
      this.#drag(grip, timeAt(event), offset_s);
    }, options);
    canvas.addEventListener("pointermove", (event) => {
      if (grip) this.#drag(grip, timeAt(event), offset_s);
      else canvas.style.cursor = this.gripAt(event.offsetX) === "window" ? "grab" : "ew-resize";
    }, options);
    const release = () => (grip = null);
    canvas.addEventListener("pointerup", release, options);
    canvas.addEventListener("pointercancel", release, options);
    return () => stop.abort();
  }

  #drag(grip, at_s, offset_s) {
    const { view } = this.state.get();
    const look = (changes) => this.state.set({ view: { ...view, ...changes } });
    if (grip === "start") look({ start_s: Math.min(at_s, view.end_s) });
    else if (grip === "end") look({ end_s: Math.max(at_s, view.start_s) });
    else look({ start_s: at_s - offset_s, end_s: at_s - offset_s + view.end_s - view.start_s });
  }
}
