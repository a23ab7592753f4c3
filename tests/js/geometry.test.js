import assert from "node:assert/strict";
import { test } from "node:test";

import * as geometry from "../../static/js/lib/geometry.js";

const box = { start_s: 2, end_s: 4, low_hz: 1000, high_hz: 3000 };
const range = { start_s: 2, end_s: 4, low_hz: null, high_hz: null };
const limits = { duration_s: 10, top_hz: 8000 };

test("a box is the same from whichever corner it was drawn", () => {
  const a = { time_s: 4, hz: 1000 };
  const b = { time_s: 2, hz: 3000 };

  assert.deepEqual([geometry.boxBetween(a, b), geometry.boxBetween(b, a)], [box, box]);
});

test("a drag in a lane makes a range without frequencies", () => {
  const drawn = geometry.boxBetween({ time_s: 4, hz: null }, { time_s: 2, hz: null });

  assert.deepEqual(drawn, range);
});

test("moving keeps the size and stops at the edges of the file", () => {
  const moved = geometry.moved(box, 100, -5000, limits);

  assert.deepEqual(moved, { start_s: 8, end_s: 10, low_hz: 0, high_hz: 2000 });
});

test("pulling a corner moves its two edges only", () => {
  const pulled = geometry.resized(box, "ne", { time_s: 5, hz: 3500 }, limits);

  assert.deepEqual(pulled, { start_s: 2, end_s: 5, low_hz: 1000, high_hz: 3500 });
});

test("an edge pulled past its opposite changes places with it", () => {
  const pulled = geometry.resized(box, "w", { time_s: 6, hz: 0 }, limits);

  assert.deepEqual([pulled.start_s, pulled.end_s], [4, 6]);
});

test("a range keeps having no frequencies when its corner is pulled", () => {
  const pulled = geometry.resized(range, "se", { time_s: 7, hz: 100 }, limits);

  assert.deepEqual(pulled, { ...range, end_s: 7 });
});

test("a nudge moves the box; with Alt only its later and higher edge", () => {
  const whole = geometry.nudged(box, 1, 500, { edge: false, limits });
  const edge = geometry.nudged(box, 1, 500, { edge: true, limits });

  assert.deepEqual(whole, { start_s: 3, end_s: 5, low_hz: 1500, high_hz: 3500 });
  assert.deepEqual(edge, { start_s: 2, end_s: 5, low_hz: 1000, high_hz: 3500 });
});

test("an edge nudged towards its opposite stops there", () => {
  const edge = geometry.nudged(box, -9, -9000, { edge: true, limits });

  assert.deepEqual(edge, { start_s: 2, end_s: 2, low_hz: 1000, high_hz: 1000 });
});

test("figures are kept to a tenth of a millisecond and of a hertz", () => {
  const rounded = geometry.rounded({ start_s: 1.23456, end_s: 2, low_hz: 99.96, high_hz: null });

  assert.deepEqual(rounded, { start_s: 1.2346, end_s: 2, low_hz: 100, high_hz: null });
});

test("a tag without times is about the whole file", () => {
  const whole = geometry.boxOf({ start_s: null, end_s: null, low_hz: null, high_hz: null }, 10);

  assert.deepEqual(whole, { start_s: 0, end_s: 10, low_hz: null, high_hz: null });
});

test("a rectangle on a picture is drawn, moved and pulled inside of it", () => {
  const drawn = geometry.frameBetween({ x: 0.5, y: 1.5 }, { x: 0.25, y: 0.5 });
  const moved = geometry.frameMoved(drawn, -0.5, 0);
  const pulled = geometry.frameResized(drawn, "nw", { x: 0, y: 0 });

  assert.deepEqual(drawn, { x1: 0.25, y1: 0.5, x2: 0.5, y2: 1 });
  assert.deepEqual(moved, { x1: 0, y1: 0.5, x2: 0.25, y2: 1 });
  assert.deepEqual(pulled, { x1: 0, y1: 0, x2: 0.5, y2: 1 });
});
