import assert from "node:assert/strict";
import { test } from "node:test";

import {
  KEYMAP,
  bindingOf,
  chordOf,
  keptByControl,
  shownChord,
} from "../../static/js/lib/keymap.js";

const press = (key, held = {}) => chordOf({ key, ...held });

test("a key press is named by what it types and what is held", () => {
  const names = [
    press(" "),
    press("g"),
    press("G"),
    press("?", { shiftKey: true }),
    press("z", { ctrlKey: true }),
    press("Z", { metaKey: true, shiftKey: true }),
    press("ArrowLeft", { altKey: true }),
    press("ß", { altKey: true, code: "KeyS" }),
    press(" ", { shiftKey: true }),
    press("+", { shiftKey: true }),
  ];

  assert.deepEqual(names, [
    "Space",
    "g",
    "g",
    "?",
    "Ctrl+Z",
    "Ctrl+Shift+Z",
    "Alt+ArrowLeft",
    "Alt+S",
    "Shift+Space",
    "+",
  ]);
});

test("a bracket typed with AltGr is the bracket", () => {
  const held = { ctrlKey: true, altKey: true, getModifierState: (name) => name === "AltGraph" };

  assert.equal(press("]", held), "]");
});

test("Tab means the next tag in the picture only", () => {
  assert.equal(bindingOf("Tab", { inCanvas: true }).act, "nextTag");
  assert.equal(bindingOf("Tab", { inCanvas: false }), null);
});

test("no key has two meanings in one place", () => {
  const acts = new Map();
  for (const { keys, act } of KEYMAP.filter((one) => one.act)) {
    for (const key of keys) acts.set(key, (acts.get(key) ?? new Set()).add(act));
  }

  assert.deepEqual([...acts].filter(([, meanings]) => meanings.size > 1), []);
});

test("keys that belong to the browser are left to it", () => {
  const browsers = ["Ctrl+W", "Ctrl+T", "Ctrl+N", "Ctrl+L", "Ctrl+R", "F5"];

  const taken = browsers.filter((chord) => bindingOf(chord, { inCanvas: true }));

  assert.deepEqual(taken, []);
});

test("chords are printed with signs for arrows and Escape", () => {
  const shown = ["Alt+ArrowLeft", "Escape", "+", "Ctrl+Shift+Z", "-"].map(shownChord);

  assert.deepEqual(shown, ["Alt+←", "Esc", "+", "Ctrl+Shift+Z", "−"]);
});

test("text fields keep every key, buttons Space, lists their arrows", () => {
  assert.equal(keptByControl("text", "g"), true);
  assert.deepEqual([keptByControl("button", "Space"), keptByControl("button", "g")], [true, false]);
  assert.deepEqual(
    [keptByControl("list", "ArrowDown"), keptByControl("list", "Delete")],
    [true, false],
  );
  assert.equal(keptByControl(null, "ArrowDown"), false);
});
