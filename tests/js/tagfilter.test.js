import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTER, filterParams, matchesFilter } from "../../static/js/lib/tagfilter.js";

const TAG = { class_id: 3, tag_set_id: 2, comment: "near the Bäch", author: "ada" };

const fits = (changes) => matchesFilter(TAG, () => "Wren", { ...NO_FILTER, ...changes });

test("no filter lets every tag through", () => {
  assert.equal(fits({}), true);
});

test("a tag must fit the class, the tag set and the words, all of them", () => {
  const answers = [
    { class_id: 3 },
    { class_id: 4 },
    { tag_set_id: 2, class_id: 3 },
    { tag_set_id: 5, class_id: 3 },
    { text: "wre" },
    { text: "robin" },
    { text: "wre", class_id: 4 },
  ].map(fits);

  assert.deepEqual(answers, [true, false, true, false, true, false, false]);
});

test("words are looked for in label, comment and author without case and accents", () => {
  assert.deepEqual(["BACH", "ADA", "xyz"].map((text) => fits({ text })), [true, true, false]);
});

test("only what is set is asked of the server", () => {
  assert.deepEqual(filterParams(NO_FILTER), {});
  assert.deepEqual(filterParams({ text: "a", class_id: 3, tag_set_id: null }), { q: "a", class: 3 });
});
