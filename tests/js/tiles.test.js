import assert from "node:assert/strict";
import { test } from "node:test";

import * as tiles from "../../static/js/lib/tiles.js";

const settings = { n_fft: 1024, overlap: 0.5, window: "hann", channel: 1 };
const hour = { duration_s: 3600, sample_rate: 48000 };
const grid = tiles.tileGrid(hour, settings);

test("settings have the name that the server gives them", () => {
  const names = [0.5, 0.75, 0.875].map((overlap) => tiles.specOf({ ...settings, overlap }));

  assert.deepEqual(names, ["n1024-h512-hann-c1", "n1024-h256-hann-c1", "n1024-h128-hann-c1"]);
});

test("the highest level is the first that holds the whole file in one tile", () => {
  assert.equal(grid.frames, 337500);
  assert.deepEqual([grid.topLevel, tiles.tilesAt(grid, 9), tiles.tilesAt(grid, 8)], [9, 1, 2]);
});

test("a file of a moment has one tile of one column", () => {
  const short = tiles.tileGrid({ duration_s: 0.001, sample_rate: 48000 }, settings);

  assert.deepEqual([short.topLevel, tiles.columnsAt(short, 0), tiles.tilesAt(short, 0)], [0, 1, 1]);
});

test("a frame is drawn around the middle of its window", () => {
  const middle = (tiles.timeOfColumn(grid, 0, 10) + tiles.timeOfColumn(grid, 0, 11)) / 2;

  assert.equal(middle.toFixed(9), ((10 * 512 + 512) / 48000).toFixed(9));
});

test("columns become times and come back on every level", () => {
  const back = [0, 3, 9].map((level) =>
    tiles.columnOfTime(grid, level, tiles.timeOfColumn(grid, level, 77)).toFixed(6),
  );

  assert.deepEqual(back, ["77.000000", "77.000000", "77.000000"]);
});

test("the level follows the zoom and stays within what there is", () => {
  const perPixel = [1e-9, 512 / 48000, (4 * 512) / 48000, 1000];

  const levels = perPixel.map((secondsPerPixel) => tiles.levelFor(grid, secondsPerPixel));

  assert.deepEqual(levels, [0, 0, 2, grid.topLevel]);
});

test("wanted are the tiles in view, the whole file, then one neighbour on each side", () => {
  const tile_s = (1024 * 512) / 48000;

  const wanted = tiles.tilesWanted(grid, 0, 5.5 * tile_s, 6.5 * tile_s);

  assert.deepEqual(
    wanted.map(({ level, index }) => `${level}/${index}`),
    ["0/5", "0/6", "9/0", "0/7", "0/4"],
  );
});

test("nothing beyond the first and last tile is wanted", () => {
  const wanted = tiles.tilesWanted(grid, 9, 0, 3600);

  assert.deepEqual(wanted, [{ level: 9, index: 0 }]);
});

test("the row of a frequency is that of the nearest bin, the highest on top", () => {
  const rows = [0, 46.875, 23953.125, 24000].map((hz) => tiles.rowOfFrequency(grid, hz));

  assert.deepEqual(rows, [511, 510, 0, 0]);
});

test("a tile tells its grey value, and null beside it", () => {
  const tile = { grey: Uint8Array.of(1, 2, 3, 4, 5, 6), columns: 3, rows: 2 };

  const values = [1024, 1026.9, 1027, 1023].map((column) => tiles.greyAt(tile, 1, column, 1));

  assert.deepEqual(values, [4, 6, null, null]);
});

test("colouring takes the maximum of the rows that a row shows", () => {
  const tile = { grey: Uint8Array.of(1, 9, 5, 2, 3, 3, 8, 0), columns: 2, rows: 4 };
  const table = Uint32Array.from({ length: 256 }, (_, i) => i * 10);
  const pixels = new Uint32Array(4);

  tiles.colourTile(tile, table, { from: [0, 2], to: [2, 4] }, 0, 2, pixels);

  assert.deepEqual([...pixels], [50, 90, 80, 30]);
});
