import assert from "node:assert/strict";
import { test } from "node:test";

import { differences, overlaid, realChanges, valuesBefore } from "../../static/js/lib/overlay.js";

const TAG = { id: 9, start_s: 1, end_s: 2, class_id: 3, version: 4 };

test("waiting edits are seen at once, in order", () => {
  const writes = [
    { kind: "edit", body: { end_s: 3 } },
    { kind: "edit", body: { end_s: 4, class_id: 5 } },
  ];

  assert.deepEqual(overlaid(TAG, writes), { ...TAG, end_s: 4, class_id: 5 });
});

test("a tag that waits to be removed is not seen, until it waits to be restored", () => {
  const removal = { kind: "remove" };

  assert.equal(overlaid(TAG, [removal]), null);
  assert.deepEqual(overlaid(TAG, [removal, { kind: "restore", body: TAG }]), TAG);
});

test("a new tag is seen before the server knows it, with its edits", () => {
  const draft = { id: -1, start_s: 0, end_s: 1 };

  const seen = overlaid(null, [
    { kind: "create", body: draft },
    { kind: "edit", body: { end_s: 2 } },
  ]);

  assert.deepEqual(seen, { id: -1, start_s: 0, end_s: 2 });
});

test("only what changes is a change", () => {
  const box = { frame_idx: 0, box: { x1: 0 } };

  assert.deepEqual(realChanges(TAG, { start_s: 1, end_s: 5, low_hz: null }), { end_s: 5 });
  assert.deepEqual(realChanges({ frame_info: box }, { frame_info: { ...box } }), {});
});

test("values before a change hold null for what was not set", () => {
  assert.deepEqual(valuesBefore(TAG, { end_s: 7, comment: "x" }), { end_s: 2, comment: null });
});

test("two versions differ in the fields that people edit", () => {
  const theirs = { ...TAG, end_s: 9, comment: "moved", version: 5 };

  assert.deepEqual(differences(TAG, theirs), ["end_s", "comment"]);
});
