import assert from "node:assert/strict";
import { test } from "node:test";

import * as labels from "../../static/js/lib/labels.js";

test("a label stands above its box, else below, else beside, and inside only when it must", () => {
  const picture = { width: 300, height: 200 };
  const place = (rect) => ({ ...labels.labelPlace(rect, 50, picture, {}) });

  const above = place({ x: 100, y: 100, width: 40, height: 40 });
  const below = place({ x: 100, y: 0, width: 40, height: 40 });
  const beside = place({ x: 100, y: 0, width: 40, height: 200 });
  const inside = place({ x: 0, y: 0, width: 300, height: 200 });

  assert.deepEqual(above, { x: 100, y: 82 });
  assert.deepEqual(below, { x: 100, y: 42 });
  assert.deepEqual(beside, { x: 142, y: 2 });
  assert.deepEqual(inside, { x: 2, y: 2 });
});

test("a label stays in the picture when its box reaches out of it", () => {
  const picture = { width: 300, height: 200 };

  const xs = [-80, 290].map((x) => labels.labelPlace({ x, y: 90, width: 90, height: 20 }, 50, picture, {}).x);

  assert.deepEqual(xs, [0, 250]);
});

test("labels in one row give way to each other", () => {
  const rows = new labels.LabelRows();
  rows.clear(200);

  const taken = [
    rows.take(0, 32, 50),
    rows.take(40, 32, 50),
    rows.take(50, 32, 50),
    rows.take(0, 80, 50),
  ];

  assert.deepEqual(taken, [true, false, true, true]);
});

test("a label has the hot key first and a machine's score behind", () => {
  const person = { machine_tagged: false, score: null };
  const machine = { machine_tagged: true, score: 0.912 };

  const texts = [labels.labelText(person, "wren", "1"), labels.labelText(machine, "wren", "")];

  assert.deepEqual(texts, ["1 wren", "wren .91"]);
});
