import assert from "node:assert/strict";
import { test } from "node:test";

import * as time from "../../static/js/lib/timescale.js";

const view = { start_s: 10, end_s: 20, low_hz: 0, high_hz: 24000 };
const hour = { duration_s: 3600, top_hz: 24000 };

test("seconds become pixels and come back", () => {
  const scale = time.timescale({ start_s: 10, end_s: 20, width: 1000 });

  assert.deepEqual([scale.toPixels(12.5), scale.toSeconds(250)], [250, 12.5]);
});

test("a long file begins with its first minute, a short one is shown whole", () => {
  const starts = [3600, 90, 12].map((duration_s) => time.clampView(null, { duration_s, top_hz: 24000 }));

  assert.deepEqual(starts.map(({ end_s }) => end_s), [60, 90, 12]);
});

test("a view beyond the end is moved back at its own length", () => {
  const clamped = time.clampView({ ...view, start_s: 3595, end_s: 3605 }, hour);

  assert.deepEqual([clamped.start_s, clamped.end_s], [3590, 3600]);
});

test("a view longer than the file is the file", () => {
  const clamped = time.clampView({ start_s: -5, end_s: 99999, low_hz: -1, high_hz: 1e6 }, hour);

  assert.deepEqual(clamped, { start_s: 0, end_s: 3600, low_hz: 0, high_hz: 24000 });
});

test("a view cannot become shorter than five milliseconds, and widens around its middle", () => {
  const clamped = time.clampView({ ...view, start_s: 10, end_s: 10 }, hour);

  assert.deepEqual([clamped.start_s, clamped.end_s].map((s) => s.toFixed(4)), ["9.9975", "10.0025"]);
});

test("numbers that are none show everything", () => {
  const clamped = time.clampView({ start_s: NaN, end_s: 3, low_hz: 0, high_hz: 24000 }, hour);

  assert.deepEqual([clamped.start_s, clamped.end_s], [0, 3600]);
});

test("zooming keeps the moment under the pointer where it is", () => {
  const zoomed = time.zoomed(view, 2, 12);

  assert.deepEqual([zoomed.start_s, zoomed.end_s], [11, 16]);
  assert.equal((12 - zoomed.start_s) / 5, (12 - view.start_s) / 10);
});

test("panning moves by a fraction of what is shown", () => {
  assert.deepEqual(time.panned(view, 0.5), { ...view, start_s: 15, end_s: 25 });
  assert.deepEqual(time.pannedFrequency(view, -0.5), { ...view, low_hz: -12000, high_hz: 12000 });
});

test("revealing a moment in view moves nothing; another is shown a quarter in", () => {
  assert.equal(time.revealing(view, 15), view);
  assert.deepEqual(time.revealing(view, 40), { ...view, start_s: 37.5, end_s: 47.5 });
});

test("a picture without sound and duration still has bounds", () => {
  const limits = time.viewLimits({ duration_s: null, sample_rate: null });

  assert.deepEqual(limits, { duration_s: 1, top_hz: 1 });
});
