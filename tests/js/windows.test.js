import assert from "node:assert/strict";
import { test } from "node:test";

import {
  covers,
  densityServes,
  expectedTags,
  mostTags,
  nextRequest,
  padded,
  soundWindow,
  touches,
} from "../../static/js/lib/windows.js";

const DENSITY = {
  start_s: 0,
  end_s: 100,
  bins: 10,
  total: 4000,
  counts: [
    { class_id: 1, counts: [3000, 500, 100, 0, 0, 0, 0, 0, 0, 0] },
    { class_id: null, counts: [0, 300, 100, 0, 0, 0, 0, 0, 0, 0] },
  ],
};

test("a margin is half the view on each side and stays inside the file", () => {
  assert.deepEqual(padded({ start_s: 10, end_s: 20 }, 100), { start_s: 5, end_s: 25 });
  assert.deepEqual(padded({ start_s: 1, end_s: 99 }, 100), { start_s: 0, end_s: 100 });
});

test("a window covers what lies inside it, its edges included", () => {
  const loaded = { start_s: 5, end_s: 25 };

  const answers = [
    { start_s: 5, end_s: 25 },
    { start_s: 4.9, end_s: 20 },
    { start_s: 10, end_s: 25.1 },
  ].map((view) => covers(loaded, view));

  assert.deepEqual(answers, [true, false, false]);
  assert.equal(covers(null, loaded), false);
});

test("a stretch touches a window by the contract's rule of overlap", () => {
  const window = { start_s: 10, end_s: 20 };

  const answers = [
    [5, 10],
    [5, 10.1],
    [20, 25],
    [10, 10],
    [20, 20],
    [null, null],
  ].map(([from, until]) => touches(window, from, until));

  assert.deepEqual(answers, [false, true, false, true, false, true]);
});

test("the tags to expect are the sum of the bins, those at the edges in part", () => {
  assert.equal(expectedTags(DENSITY, { start_s: 10, end_s: 30 }), 1000);
  assert.equal(expectedTags(DENSITY, { start_s: 15, end_s: 20 }), 400);
  assert.equal(expectedTags(DENSITY, { start_s: 90, end_s: 110 }), null);
  assert.equal(expectedTags(null, { start_s: 0, end_s: 1 }), null);
});

test("a density serves a view it covers at about the asked fineness", () => {
  const whole = { start_s: 0, end_s: 100 };

  assert.equal(densityServes(DENSITY, whole, 10), true);
  assert.equal(densityServes(DENSITY, whole, 20), true);
  assert.equal(densityServes(DENSITY, whole, 21), false);
  assert.equal(densityServes(DENSITY, { start_s: 50, end_s: 110 }, 5), false);
});

test("the most tags that a density allows for are those of every bin that a window may share", () => {
  assert.equal(mostTags(DENSITY, { start_s: 30, end_s: 40 }), 200);
  assert.equal(mostTags(DENSITY, { start_s: 12, end_s: 18 }), 3800);
  assert.equal(mostTags(DENSITY, { start_s: 50, end_s: 120 }), 0);
  assert.equal(mostTags(null, { start_s: 0, end_s: 40 }), 0);
});

const asked = (changes) =>
  nextRequest({
    view: { start_s: 40, end_s: 60 },
    duration: 100,
    bins: 300,
    loaded: null,
    density: null,
    hint: null,
    tooMany: null,
    ...changes,
  });

test("an unknown view asks for its tags with a margin", () => {
  assert.deepEqual(asked({}), { kind: "tags", window: { start_s: 30, end_s: 70 } });
});

test("a loaded view asks for nothing", () => {
  const loaded = { start_s: 30, end_s: 70 };

  assert.deepEqual(asked({ loaded }), { kind: "nothing", shows: "tags" });
});

test("a view that may be crowded asks for a density, once", () => {
  const view = { start_s: 0, end_s: 40 };
  const counts = [{ class_id: 1, counts: Array(600).fill(9) }];
  const answer = { ...DENSITY, end_s: 60, bins: 600, counts };

  const first = asked({ view, hint: DENSITY });
  const second = asked({ view, density: answer });
  const beyond = asked({ view: { start_s: 30, end_s: 70 }, density: answer, hint: DENSITY });

  assert.deepEqual(first, { kind: "density", window: { start_s: 0, end_s: 60 }, bins: 600 });
  assert.deepEqual(second, { kind: "nothing", shows: "density" });
  assert.deepEqual(beyond.kind, "tags");
});

test("a fine density that tells of few tags after all lets them be asked for, and no more", () => {
  const view = { start_s: 0, end_s: 40 };
  const counts = [{ class_id: 1, counts: Array(600).fill(3.5) }];
  const answer = { ...DENSITY, end_s: 60, bins: 600, counts };

  const next = asked({ view, hint: DENSITY, density: answer });

  assert.deepEqual(next, { kind: "tags", window: view });
});

test("a view around a window found to hold too many asks for a density, not for tags again", () => {
  const tooMany = { start_s: 42, end_s: 58 };

  assert.equal(asked({ tooMany }).kind, "density");
  assert.equal(asked({ tooMany, view: { start_s: 50, end_s: 55 } }).kind, "tags");
});

test("a view that the density shows to hold few tags asks for tags", () => {
  const quiet = asked({ density: DENSITY });

  assert.deepEqual(quiet, { kind: "tags", window: { start_s: 30, end_s: 70 } });
});

test("the margin is as large as is sure not to bring too many tags", () => {
  const view = { start_s: 20, end_s: 30 };
  const widths = [500, 700, 1000, 4000].map((each) => {
    const counts = Array(100).fill(0).map((_, bin) => (bin < 20 || bin > 30 ? each / 4 : 10));
    const density = { start_s: 0, end_s: 100, bins: 100, counts: [{ class_id: 1, counts }] };
    const { kind, window } = asked({ view, hint: density });
    return [kind, window.end_s - window.start_s];
  });

  assert.deepEqual(widths, [["tags", 20], ["tags", 15], ["tags", 12], ["tags", 10]]);
});

test("sound is loaded to its end, or ten minutes of it, heard as well as cut", () => {
  assert.deepEqual(soundWindow(5, 8, 3600, 1), { start_s: 5, end_s: 8, complete: true });
  assert.deepEqual(soundWindow(5, null, 3600, 1), { start_s: 5, end_s: 605, complete: false });
  assert.deepEqual(soundWindow(5, null, 3600, 0.1), { start_s: 5, end_s: 65, complete: false });
  assert.deepEqual(soundWindow(5, null, 3600, 2), { start_s: 5, end_s: 605, complete: false });
  assert.deepEqual(soundWindow(35, null, 60, 2), { start_s: 35, end_s: 60, complete: true });
});
