import assert from "node:assert/strict";
import { test } from "node:test";

import { createUndo } from "../../static/js/lib/undo.js";

/** A value with a history: each step sets it and knows how to set it back. */
function desk() {
  const history = createUndo({ mergeWithin_ms: 1000 });
  const value = { now: 0 };
  const put = (next, at_ms = 0, key = null) => {
    const before = value.now;
    value.now = next;
    history.push({
      label: `Put ${next}`,
      key,
      at_ms,
      undo: () => (value.now = before),
      redo: () => (value.now = next),
    });
  };
  return { history, value, put };
}

test("steps are taken back last first and taken again in order", () => {
  const { history, value, put } = desk();
  put(1);
  put(2);

  const seen = [history.undo, history.undo, history.redo, history.redo].map((act) => {
    act();
    return value.now;
  });

  assert.deepEqual(seen, [1, 0, 1, 2]);
});

test("a new step forgets what was taken back", () => {
  const { history, value, put } = desk();
  put(1);
  history.undo();
  put(5);

  assert.equal(history.redo(), null);
  assert.equal(value.now, 5);
  assert.equal(history.canRedo, false);
});

test("steps with one key within a second are one step", () => {
  const { history, value, put } = desk();
  put(1, 0, "7 start_s");
  put(2, 900, "7 start_s");
  put(3, 1800, "7 start_s");

  history.undo();

  assert.equal(value.now, 0);
  assert.equal(history.canUndo, false);
});

test("steps with one key but a pause between stay apart", () => {
  const { history, value, put } = desk();
  put(1, 0, "7 start_s");
  put(2, 1001, "7 start_s");

  history.undo();

  assert.equal(value.now, 1);
});

test("a step after a redo never joins the one that was redone", () => {
  const { history, value, put } = desk();
  put(1, 0, "7 start_s");
  history.undo();
  history.redo();
  put(2, 10, "7 start_s");

  history.undo();

  assert.equal(value.now, 1);
});

test("an empty history has nothing to do and no labels", () => {
  const history = createUndo();

  assert.deepEqual(
    [history.undo(), history.redo(), history.canUndo, history.undoLabel, history.redoLabel],
    [null, null, false, null, null],
  );
});

test("labels name the step that would be taken back or again", () => {
  const { history, put } = desk();
  put(1);
  put(2);
  history.undo();

  assert.deepEqual([history.undoLabel, history.redoLabel], ["Put 1", "Put 2"]);
});
