import assert from "node:assert/strict";
import { test } from "node:test";

import { assignHotKeys, hotKeyOf } from "../../static/js/lib/hotkeys.js";
import { laneLocked, laneShown, toggledLane } from "../../static/js/lib/lanes.js";

test("a lane shows unless hidden, and solo hides every other lane", () => {
  assert.equal(laneShown({}, 1), true);
  assert.equal(laneShown({ 1: { hidden: true } }, 1), false);
  assert.equal(laneShown({ 1: { hidden: true }, 2: { solo: true } }, 2), true);
  assert.equal(laneShown({ 2: { solo: true } }, 1), false);
  assert.equal(laneShown({ 1: { hidden: true, solo: true } }, 1), true);
});

test("a switch turns over alone and the old lanes are left as they were", () => {
  const lanes = { 1: { hidden: true } };

  const locked = toggledLane(lanes, 1, "locked");

  assert.deepEqual(locked, { 1: { hidden: true, locked: true } });
  assert.deepEqual(lanes, { 1: { hidden: true } });
  assert.deepEqual([laneLocked(locked, 1), laneLocked(locked, 2)], [true, false]);
});

test("classes take their own digit and the others fill the free ones in order", () => {
  const classes = [
    { id: 1, hot_key: null },
    { id: 2, hot_key: "1" },
    { id: 3, hot_key: null, retired: true },
    { id: 4, hot_key: null },
  ];

  const keys = assignHotKeys(classes);

  assert.deepEqual(
    [...keys].map(([digit, one]) => [digit, one.id]),
    [
      ["1", 2],
      ["2", 1],
      ["3", 4],
    ],
  );
  assert.deepEqual([hotKeyOf(keys, 4), hotKeyOf(keys, 3)], ["3", ""]);
});

test("there are at most ten hot keys and zero is the tenth", () => {
  const classes = Array.from({ length: 12 }, (_, index) => ({ id: index, hot_key: null }));

  const keys = assignHotKeys(classes);

  assert.deepEqual([...keys.keys()].at(-1), "0");
  assert.equal(keys.get("0").id, 9);
});
