import assert from "node:assert/strict";
import { test } from "node:test";

import * as hittest from "../../static/js/lib/hittest.js";

const small = { id: 1, x: 40, y: 40, width: 20, height: 20 };
const large = { id: 2, x: 0, y: 0, width: 100, height: 100 };

test("the smallest box under the pointer comes first, repeated clicks go round", () => {
  const picks = [null, 1, 2].map((selection) => hittest.pick([large, small], 50, 50, selection));

  assert.deepEqual(picks, [1, 2, 1]);
});

test("nothing under the pointer is null", () => {
  assert.equal(hittest.pick([small], 90, 90, null), null);
});

test("edges and corners are found within reach, the inside is free", () => {
  const at = (x, y) => hittest.edgesAt(large, x, y);

  const found = [at(0, 0), at(99, 50), at(50, 101), at(50, 50), at(120, 50)];

  assert.deepEqual(found, ["nw", "e", "s", "", null]);
});

test("a range in time has two edges only", () => {
  const found = [0, 50, 100].map((x) => hittest.edgesAt(large, x, 0, { timeOnly: true }));

  assert.deepEqual(found, ["w", "", "e"]);
});
