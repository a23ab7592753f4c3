/** The spectrogram: tiles over coarser or finer ones while they load, never a jump. */

import { levelOf } from "../lib/colours.js";
import { bandsBetween, frequencyAxis, frequencyScale, pictureRow } from "../lib/frequencies.js";
import * as tiles from "../lib/tiles.js";
import { TilePictures } from "./tilepictures.js";

const FADE_MS = 140;
const MOST_PAINTS = 2;

export class Spectrogram {
  #layers = [];
  #view = null;
  #settings = null;
  #paints = 0;
  #fading = false;
  #isRough = false;
  #still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  constructor({ state, surface, cache, invalidate }) {
    Object.assign(this, { state, surface, cache, invalidate });
    cache.addEventListener("load", () => invalidate());
    cache.addEventListener("forget", (event) => {
      for (const layer of this.#layers) layer.pictures.forget(event.detail);
    });
  }

  /** Ask for what the view needs; called when the view, its size or the settings change. */
  look() {
    const { view, spectrogram } = this.state.get();
    this.cache.change(spectrogram);
    this.#arrange();
    const { grid } = this.cache.current;
    const level = this.#levelOf(grid, view);
    this.cache.want(tiles.tilesWanted(grid, level, view.start_s, view.end_s));
    this.invalidate();
  }

  /** Keep pictures for the current set of tiles, and for the previous one until it is covered. */
  #arrange() {
    const { current, previous } = this.cache;
    const kept = (set) => this.#layers.find((layer) => layer.set === set);
    const layerOf = (set) => kept(set) ?? { set, pictures: new TilePictures(set.grid) };
    this.#layers = [previous, current].filter(Boolean).map(layerOf);
  }

  #levelOf(grid, view) {
    const pixels = Math.max(1, this.surface.width * this.surface.ratio);
    return tiles.levelFor(grid, (view.end_s - view.start_s) / pixels);
  }

  draw(now) {
    const { view, spectrogram } = this.state.get();
    const { context, canvas } = this.surface;
    this.#view = view;
    this.#settings = spectrogram;
    this.#paints = 0;
    this.#fading = false;
    this.#isRough = false;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = "#0a0d11";
    context.fillRect(0, 0, canvas.width, canvas.height);
    let covered = false;
    for (const layer of this.#layers) covered = this.#drawLayer(context, layer, now);
    context.globalAlpha = 1;
    if (this.state.get().isRough !== this.#isRough) this.state.set({ isRough: this.#isRough });
    if (covered && this.cache.previous) this.#dropPrevious();
    return this.#fading;
  }

  #dropPrevious() {
    this.cache.previous = null;
    this.#arrange();
  }

  /** Draw one setting's tiles; whether they cover the view at full strength. */
  #drawLayer(context, layer, now) {
    const { grid } = layer.set;
    const level = this.#levelOf(grid, this.#view);
    const [first, last] = tiles.tilesBetween(grid, level, this.#view.start_s, this.#view.end_s);
    this.#frame(layer);
    let covered = true;
    for (let index = first; index <= last; index += 1) {
      const tile = layer.set.get(level, index);
      if (tile?.rough) this.#isRough = true;
      const opacity = tile ? this.#opacity(layer, tile, now) : 0;
      if (opacity < 1) {
        covered = false;
        this.#drawStandIns(context, layer, level, index);
      }
      if (opacity > 0) this.#drawTile(context, layer, tile, opacity, -Infinity, Infinity);
    }
    return covered;
  }

  /** Work out once a frame which rows of the pictures are in view. */
  #frame(layer) {
    const { grid } = layer.set;
    const { scale } = this.#settings;
    const { low_hz, high_hz } = this.#view;
    const { warp } = frequencyScale(scale, grid.top_hz);
    const top = warp(high_hz);
    const bottom = warp(low_hz);
    const wanted = layer.pictures.look(this.#settings, top - bottom, this.surface.canvas.height);
    layer.wanted = wanted;
    layer.top = pictureRow(scale, grid.rows, wanted, top);
    layer.bottom = pictureRow(scale, grid.rows, wanted, bottom);
    layer.bands = bandsBetween(layer.top, layer.bottom, wanted);
  }

  /** 0 while a tile waits to be coloured (few are, in one frame), then rising to 1. */
  #opacity(layer, tile, now) {
    if (!this.#painted(layer, tile)) return 0;
    if (tile.since === 0) tile.since = now;
    if (this.#still) return 1;
    const opacity = Math.min(1, (now - tile.since) / FADE_MS);
    if (opacity < 1) this.#fading = true;
    return Math.max(opacity, 0.01);
  }

  #painted(layer, tile) {
    const { first, last } = layer.bands;
    for (let band = first; band <= last; band += 1) {
      if (layer.pictures.ready(tile, band)) continue;
      if (this.#paints >= MOST_PAINTS && tile.since === 0) {
        this.#fading = true;
        return false;
      }
      this.#paints += 1;
      layer.pictures.picture(tile, band, layer.wanted);
    }
    return true;
  }

  /** In place of a tile: the nearest coarser one, scaled, and above it finer ones there are. */
  #drawStandIns(context, layer, level, index) {
    const { set } = layer;
    const start = tiles.timeOfColumn(set.grid, level, index * tiles.TILE_COLUMNS);
    const end = tiles.timeOfColumn(set.grid, level, (index + 1) * tiles.TILE_COLUMNS);
    for (let up = 1; level + up <= set.grid.topLevel; up += 1) {
      const tile = set.get(level + up, Math.floor(index / 2 ** up));
      if (!tile || !this.#painted(layer, tile)) continue;
      this.#drawTile(context, layer, tile, 1, start, end);
      break;
    }
    for (let down = 2; down >= 1; down -= 1) {
      for (let child = 0; level - down >= 0 && child < 2 ** down; child += 1) {
        const tile = set.get(level - down, index * 2 ** down + child);
        if (tile && this.#painted(layer, tile)) {
          this.#drawTile(context, layer, tile, 1, -Infinity, Infinity);
        }
      }
    }
  }

  /** Draw the part of a tile that is in view and between two moments. */
  #drawTile(context, layer, tile, opacity, start_s, end_s) {
    const { grid } = layer.set;
    const view = this.#view;
    const { canvas } = this.surface;
    const base = tile.index * tiles.TILE_COLUMNS;
    const from = Math.max(view.start_s, start_s);
    const to = Math.min(view.end_s, end_s);
    const left = Math.max(0, tiles.columnOfTime(grid, tile.level, from) - base);
    const right = Math.min(tile.columns, tiles.columnOfTime(grid, tile.level, to) - base);
    if (right <= left) return;
    const perSecond = canvas.width / (view.end_s - view.start_s);
    const xOf = (column) =>
      Math.round((tiles.timeOfColumn(grid, tile.level, base + column) - view.start_s) * perSecond);
    const x = xOf(left);
    const width = xOf(right) - x;
    if (width <= 0) return;
    context.globalAlpha = opacity;
    this.#drawBands(context, layer, tile, left, right - left, x, width);
  }

  #drawBands(context, layer, tile, sx, sw, x, width) {
    const { height, first, last } = layer.bands;
    const perRow = this.surface.canvas.height / (layer.bottom - layer.top);
    for (let band = first; band <= last; band += 1) {
      const begin = Math.max(layer.top, band * height);
      const finish = Math.min(layer.bottom, (band + 1) * height);
      if (finish <= begin) continue;
      const y = Math.round((begin - layer.top) * perRow);
      const bottom = Math.round((finish - layer.top) * perRow);
      const picture = layer.pictures.picture(tile, band, layer.wanted);
      const sy = begin - band * height;
      context.drawImage(picture, sx, sy, sw, finish - begin, x, y, width, bottom - y);
    }
  }

  /** Decibels at a moment and frequency, from the finest tile there is; null without one. */
  levelAt(time_s, hz) {
    const { set } = this.#layers.at(-1) ?? {};
    if (!set || hz === null) return null;
    const row = tiles.rowOfFrequency(set.grid, hz);
    const finest = this.#levelOf(set.grid, this.state.get().view);
    for (let level = finest; level <= set.grid.topLevel; level += 1) {
      const column = tiles.columnOfTime(set.grid, level, time_s);
      const index = Math.floor(column / tiles.TILE_COLUMNS);
      const tile = set.get(level, index);
      const grey = tile ? tiles.greyAt(tile, index, column, row) : null;
      if (grey !== null) return levelOf(grey);
    }
    return null;
  }
}

/** The frequency axis of a view on so many pixels. */
export function axisOf(state, height) {
  const { view, media, spectrogram } = state;
  return frequencyAxis({
    kind: spectrogram.scale,
    top_hz: media.sample_rate / 2,
    low_hz: view.low_hz,
    high_hz: view.high_hz,
    height,
  });
}
