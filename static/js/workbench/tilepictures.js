/** Coloured pictures of grey tiles, made once for a look and drawn many times. */

import { bandsBetween, rowSources, rowsWanted } from "../lib/frequencies.js";
import { lookUpTable } from "../lib/colours.js";
import { colourTile } from "../lib/tiles.js";

const MOST_BYTES = 72 * 2 ** 20;

export class TilePictures {
  #pictures = new Map();
  #spare = [];
  #bytes = 0;
  #settings = null;
  #table = null;
  #sources = null;
  #kind = "";
  #wanted = 0;
  #image = null;
  #pixels = null;
  #clock = 0;
  #generation = 0;

  constructor(grid) {
    this.grid = grid;
  }

  /**
   * Take over what the person wants to see. Returns how many rows show all frequencies when a
   * fraction of them is in view on so many pixels.
   */
  look(spectrogram, fractionInView, height) {
    const { scale } = spectrogram;
    const wanted = rowsWanted(scale, this.grid.rows, fractionInView, height);
    if (spectrogram !== this.#settings) this.#table = lookUpTable(spectrogram);
    if (wanted !== this.#wanted || scale !== this.#kind) {
      this.#sources = rowSources(scale, this.grid.rows, this.grid.top_hz, wanted);
    } else if (spectrogram === this.#settings) {
      return wanted;
    }
    this.#settings = spectrogram;
    this.#kind = scale;
    this.#wanted = wanted;
    this.#generation += 1;
    return wanted;
  }

  /** Whether a tile's band is coloured as it should be now. */
  ready(tile, band) {
    const picture = this.#pictures.get(tile)?.[band];
    return picture !== undefined && this.#serves(picture, tile);
  }

  /** The canvas of one band of a tile, coloured now when it is not up to date. */
  picture(tile, band, wanted) {
    const { height } = bandsBetween(0, wanted, wanted);
    const bands = this.#pictures.get(tile) ?? [];
    this.#clock += 1;
    const kept = bands[band];
    if (kept && this.#serves(kept, tile)) {
      kept.used = this.#clock;
      return kept.canvas;
    }
    const picture = kept ?? { canvas: this.#canvas(), used: 0, generation: -1, revision: -1 };
    bands[band] = picture;
    this.#pictures.set(tile, bands);
    this.#paint(tile, picture, band, height);
    picture.used = this.#clock;
    return picture.canvas;
  }

  #serves(picture, tile) {
    return picture.generation === this.#generation && picture.revision === tile.revision;
  }

  forget(tile) {
    for (const picture of this.#pictures.get(tile) ?? []) if (picture) this.#release(picture);
    this.#pictures.delete(tile);
  }

  #canvas() {
    return this.#spare.pop() ?? document.createElement("canvas");
  }

  #release({ canvas }) {
    this.#bytes -= canvas.width * canvas.height * 4;
    canvas.width = 0;
    this.#spare.push(canvas);
  }

  #paint(tile, picture, band, height) {
    const { canvas } = picture;
    if (canvas.width !== tile.columns || canvas.height !== height) {
      this.#bytes += (tile.columns * height - canvas.width * canvas.height) * 4;
      canvas.width = tile.columns;
      canvas.height = height;
      this.#evict(picture);
    }
    if (this.#image?.width !== tile.columns || this.#image?.height !== height) {
      this.#image = new ImageData(tile.columns, height);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    }
    colourTile(tile, this.#table, this.#sources, band * height, height, this.#pixels);
    canvas.getContext("2d", { willReadFrequently: true }).putImageData(this.#image, 0, 0);
    picture.generation = this.#generation;
    picture.revision = tile.revision;
  }

  /** Give up the pictures drawn longest ago; they are coloured again when needed. */
  #evict(current) {
    while (this.#bytes > MOST_BYTES) {
      let oldest = null;
      for (const [tile, bands] of this.#pictures) {
        for (const picture of bands) {
          if (picture && picture !== current && (!oldest || picture.used < oldest.picture.used)) {
            oldest = { tile, bands, picture };
          }
        }
      }
      if (!oldest) return;
      oldest.bands[oldest.bands.indexOf(oldest.picture)] = undefined;
      this.#release(oldest.picture);
    }
  }
}
