import assert from "node:assert/strict";
import { test } from "node:test";

import * as colours from "../../static/js/lib/colours.js";

test("grey values become levels, and contrast narrows what is shown", () => {
  assert.deepEqual([colours.levelOf(0), colours.levelOf(255)], [-127.5, 0]);
  assert.deepEqual(colours.levelRange(1, 0), { low_db: -115, high_db: -25 });
  assert.deepEqual(colours.levelRange(2, 0.5), { low_db: -122.5, high_db: -77.5 });
});

test("a colour map begins and ends with its first and last colour", () => {
  const table = colours.lookUpTable({ map: "grey", contrast: 1, brightness: 0 });
  const paper = colours.lookUpTable({ map: "paper", contrast: 1, brightness: 0 });

  assert.deepEqual([table[0], table[255]], [0xff000000, 0xffffffff]);
  assert.deepEqual([paper[0], paper[255]], [0xffffffff, 0xff000000]);
});

test("a class without a colour of its own has one of eight", () => {
  const found = [{ id: 2, color: null }, { id: 10, color: null }, { id: 1, color: "#123456" }, null];

  assert.deepEqual(found.map(colours.classColour), ["#e69f00", "#e69f00", "#123456", "#93a0ad"]);
  assert.equal(colours.translucent("#e69f00", 0.12), "rgba(230, 159, 0, 0.12)");
});
