import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "node:test";

import { calmly, promptly } from "../../static/js/workbench/calm.js";

/** Call every 10 ms for a while, then wait; returns how often it acted. */
async function acts(calls, limits, made = calmly) {
  let count = 0;
  const call = made(() => (count += 1), limits);
  for (let turn = 0; turn < calls; turn += 1) {
    call();
    await pause(10);
  }
  await pause(limits.quiet_ms + 30);
  return count;
}

test("many calls close together are one act", async () => {
  assert.equal(await acts(5, { quiet_ms: 60, most_ms: 1000 }), 1);
});

test("calls without a pause do not put the act off for ever", async () => {
  const count = await acts(30, { quiet_ms: 60, most_ms: 100 });

  assert.ok(count >= 3, String(count));
});

test("a prompt act does not wait for the first call, and not for one after a quiet", async () => {
  let count = 0;
  const call = promptly(() => (count += 1), { quiet_ms: 30, most_ms: 1000 });

  call();
  assert.equal(count, 1);
  await pause(60);
  assert.equal(count, 1);
  call();
  assert.equal(count, 2);
});

test("many calls close together are two prompt acts: at once, and when it is quiet", async () => {
  assert.equal(await acts(5, { quiet_ms: 60, most_ms: 1000 }, promptly), 2);
});
