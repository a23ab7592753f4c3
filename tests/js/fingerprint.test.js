import assert from "node:assert/strict";
import { test } from "node:test";

import { fingerprint } from "../../static/js/lib/fingerprint.js";

const SIZE = 300_000;

function file(change = {}) {
  const bytes = new Uint8Array(SIZE);
  for (const [place, value] of Object.entries(change.bytes ?? {})) bytes[place] = value;
  return new File([bytes], change.name ?? "dawn.wav", { lastModified: change.at ?? 5 });
}

test("the same file for the same place is known again", async () => {
  assert.equal(await fingerprint(file(), "frogs", "pond"), await fingerprint(file(), "frogs", "pond"));
});

test("another name, time, place, beginning or end makes it another", async () => {
  const all = await Promise.all([
    fingerprint(file(), "frogs", "pond"),
    fingerprint(file(), "frogs", ""),
    fingerprint(file(), "bats", "pond"),
    fingerprint(file({ name: "dusk.wav" }), "frogs", "pond"),
    fingerprint(file({ at: 6 }), "frogs", "pond"),
    fingerprint(file({ bytes: { 100: 1 } }), "frogs", "pond"),
    fingerprint(file({ bytes: { [SIZE - 1]: 1 } }), "frogs", "pond"),
  ]);

  assert.equal(new Set(all).size, all.length);
});

test("an empty file has one too", async () => {
  assert.match(await fingerprint(new File([], "a.wav"), "frogs", ""), /"a\.wav",0,/);
});
