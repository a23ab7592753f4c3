import assert from "node:assert/strict";
import { test } from "node:test";

import { rowAfter, rowsInSight, scrollToShow } from "../../static/js/lib/virtuallist.js";

const LIST = { height: 100, rowHeight: 20 };

test("only rows in sight are drawn, with a few to spare", () => {
  const ranges = [0, 1000, 19_950].map((scrollTop) =>
    rowsInSight({ ...LIST, scrollTop, count: 1000 }),
  );

  assert.deepEqual(ranges, [
    { first: 0, last: 9 },
    { first: 46, last: 59 },
    { first: 993, last: 1000 },
  ]);
});

test("a list that has become short draws what it has", () => {
  assert.deepEqual(rowsInSight({ ...LIST, scrollTop: 5000, count: 2 }), { first: 2, last: 2 });
  assert.deepEqual(rowsInSight({ ...LIST, scrollTop: 0, count: 0 }), { first: 0, last: 0 });
});

test("a row is scrolled to only as far as needed", () => {
  const positions = [3, 1, 12].map((row) => scrollToShow(row, { ...LIST, scrollTop: 40 }));

  assert.deepEqual(positions, [40, 20, 160]);
});

test("keys lead through the list and stop at its ends", () => {
  const from = (key, row) => rowAfter(key, row, 50, 5);

  assert.deepEqual([from("ArrowDown", -1), from("ArrowUp", -1)], [0, 49]);
  assert.deepEqual([from("ArrowDown", 49), from("ArrowUp", 0)], [49, 0]);
  assert.deepEqual([from("PageDown", 10), from("PageUp", 3)], [15, 0]);
  assert.deepEqual([from("Home", 7), from("End", 7), from("x", 7)], [0, 49, null]);
  assert.equal(rowAfter("ArrowDown", -1, 0, 5), null);
});
