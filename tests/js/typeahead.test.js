import assert from "node:assert/strict";
import { test } from "node:test";

import { fit, fold, rankClasses } from "../../static/js/lib/typeahead.js";

const CLASSES = [
  { id: 1, identifier: "troglodytes", label: "Wren", hot_key: "1" },
  { id: 2, identifier: "erithacus", label: "Robin" },
  { id: 3, identifier: "wren_song", label: "Wren song" },
  { id: 4, identifier: "old", label: "Wrenlike", retired: true },
  { id: 5, identifier: "marsh", label: "Marsh wren" },
];

const ids = (classes) => classes.map((one) => one.id);

test("letters are compared without case and accents", () => {
  assert.equal(fold("Motacílla ÄLBA"), "motacilla alba");
});

test("a fit is exact, prefix, start of a word, inside or in order, else none", () => {
  const fits = ["wren", "wr", "so", "ng", "wso", "xyz"].map((query) => fit("Wren song", query));

  assert.deepEqual(fits, [1, 1, 2, 3, 4, null]);
  assert.equal(fit("Wren song", "wren song"), 0);
});

test("the best fit comes first and retired classes never", () => {
  assert.deepEqual(ids(rankClasses(CLASSES, "wren")), [1, 3, 5]);
});

test("an identifier is found as well as a label", () => {
  assert.deepEqual(ids(rankClasses(CLASSES, "erith")), [2]);
});

test("a hot key finds its class", () => {
  assert.deepEqual(ids(rankClasses(CLASSES, "1")), [1]);
});

test("without a query recently used classes lead and the rest keep their order", () => {
  assert.deepEqual(ids(rankClasses(CLASSES, "", [5, 2])), [5, 2, 1, 3]);
});

test("what fits nothing finds nothing", () => {
  assert.deepEqual(rankClasses(CLASSES, "owl"), []);
});
