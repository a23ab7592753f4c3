import assert from "node:assert/strict";
import { test } from "node:test";

import * as frequencies from "../../static/js/lib/frequencies.js";

const KINDS = ["linear", "log", "mel"];

test("every scale puts the top at 1, its floor at 0, and comes back", () => {
  for (const kind of KINDS) {
    const scale = frequencies.frequencyScale(kind, 24000);

    const ends = [scale.warp(scale.floor_hz), scale.warp(24000)];
    const back = scale.unwarp(scale.warp(3000));

    assert.deepEqual([ends, back.toFixed(6)], [[0, 1], "3000.000000"]);
  }
});

test("an octave is as tall anywhere on the logarithmic axis", () => {
  const axis = frequencies.frequencyAxis({ kind: "log", top_hz: 24000, low_hz: 20, high_hz: 24000, height: 600 });

  const octaves = [100, 1000, 10000].map((hz) => (axis.toY(hz) - axis.toY(2 * hz)).toFixed(6));

  assert.deepEqual(new Set(octaves).size, 1);
});

test("the ends of the view are the ends of the axis", () => {
  for (const kind of KINDS) {
    const axis = frequencies.frequencyAxis({ kind, top_hz: 24000, low_hz: 500, high_hz: 8000, height: 600 });

    const ends = [axis.toY(8000), axis.toY(500), axis.toHz(0), axis.toHz(600)];

    assert.deepEqual(ends.map((value) => Math.round(value)), [0, 600, 8000, 500]);
  }
});

test("zero hertz on a logarithmic axis is its lowest frequency", () => {
  const { warp } = frequencies.frequencyScale("log", 24000);

  assert.deepEqual([warp(0), warp(20)], [0, 0]);
});

test("a linear picture of all rows shows each row once", () => {
  const { from, to } = frequencies.rowSources("linear", 8, 24000, 8);

  assert.deepEqual([...from], [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual([...to], [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a picture of fewer rows leaves no bin out", () => {
  for (const kind of KINDS) {
    const { from, to } = frequencies.rowSources(kind, 512, 24000, 128);

    const shown = new Set();
    from.forEach((first, i) => {
      for (let row = first; row < to[i]; row += 1) shown.add(row);
    });

    const lowest = kind === "log" ? 511 : 512;
    assert.deepEqual([kind, shown.size >= lowest], [kind, true]);
  }
});

test("a tone lies at the same height on a bent picture as on its axis", () => {
  const rows = 512;
  const hz = 3000;
  const bin = Math.round((hz / 24000) * rows);
  for (const kind of ["log", "mel"]) {
    const wanted = 1024;
    const { from, to } = frequencies.rowSources(kind, rows, 24000, wanted);

    const at = from.findIndex((first, i) => first <= rows - 1 - bin && to[i] > rows - 1 - bin);
    const last = from.findLastIndex((first, i) => first <= rows - 1 - bin && to[i] > rows - 1 - bin);
    const { warp } = frequencies.frequencyScale(kind, 24000);
    const expected = frequencies.pictureRow(kind, rows, wanted, warp(hz));

    assert.ok(Math.abs((at + last + 1) / 2 - expected) <= 1, `${kind}: ${at}–${last}, ${expected}`);
  }
});

test("rows are as many as the pixels need, in halves, and never more than there are", () => {
  const wanted = [600, 512, 256, 100, 10].map((height) =>
    frequencies.rowsWanted("linear", 512, 1, height),
  );

  assert.deepEqual(wanted, [512, 512, 256, 128, 64]);
  assert.equal(frequencies.rowsWanted("linear", 8192, 0.05, 600), 8192);
});

test("tall pictures are kept in bands, of which only those in view count", () => {
  assert.deepEqual(frequencies.bandsBetween(0, 512, 512), { height: 512, first: 0, last: 0 });
  assert.deepEqual(frequencies.bandsBetween(1500, 3072, 8192), { height: 1024, first: 1, last: 2 });
});
