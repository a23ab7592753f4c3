import assert from "node:assert/strict";
import { test } from "node:test";

import * as ticks from "../../static/js/lib/ticks.js";

test("time marks are round and far enough apart", () => {
  const steps = [0.00005, 0.01, 1, 200].map((perPixel) => ticks.timeStep(perPixel, 80));

  assert.deepEqual(steps, [0.005, 1, 120, 21600]);
});

test("marks say as many decimals as they need", () => {
  const said = [ticks.fileTimeLabel(751.25, 0.05), ticks.fileTimeLabel(751, 1)];

  assert.deepEqual(said, ["12:31.25", "12:31"]);
});

test("clock marks are round on the clock, not in the file", () => {
  const media = { recorded_at: "2026-05-31T03:14:07Z", utc_offset_s: 7200 };
  const shift = ticks.clockShift(media, 10);

  assert.deepEqual([shift, ticks.clockLabel(media, shift, 10)], [3, "05:14:10"]);
  assert.equal(ticks.clockShift({ recorded_at: null }, 10), 0);
});

test("frequency marks are round on a linear and on a logarithmic axis", () => {
  const toY = (hz) => 400 - (hz / 24000) * 400;
  const logY = (hz) => 400 - (Math.log10(hz / 20) / Math.log10(1200)) * 400;

  const linear = ticks.frequencyTicks({ kind: "linear", low_hz: 0, high_hz: 24000, toY, height: 400 });
  const log = ticks.frequencyTicks({ kind: "log", low_hz: 20, high_hz: 24000, toY: logY, height: 400 });

  assert.deepEqual(linear, [0, 5000, 10000, 15000, 20000]);
  assert.deepEqual(log, [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000]);
  const mel = { kind: "mel", low_hz: 8000, high_hz: 9500, height: 400 };
  const close = ticks.frequencyTicks({ ...mel, toY: (hz) => 400 - ((hz - 8000) / 1500) * 400 });

  assert.deepEqual(close, [8000, 8200, 8400, 8600, 8800, 9000, 9200, 9400]);
  assert.deepEqual([850, 2500, 12000].map(ticks.frequencyLabel), ["850", "2.5k", "12k"]);
});
