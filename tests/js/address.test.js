import assert from "node:assert/strict";
import { test } from "node:test";

import * as address from "../../static/js/lib/address.js";

test("an address gives back the view and the tag it was made of", () => {
  const limits = { duration_s: 60, top_hz: 24000 };
  const view = { start_s: 12.5, end_s: 30, low_hz: 500, high_hz: 8000 };

  const text = address.formatAddress(view, 9, limits);
  const asked = address.parseAddress(text);

  assert.equal(text, "?t=12.5-30&f=500-8000&tag=9");
  assert.deepEqual([address.viewOf(asked, limits, null), asked.tag], [view, 9]);
});

test("an address leaves out all frequencies and tags not yet saved", () => {
  const view = { start_s: 0, end_s: 60, low_hz: 0, high_hz: 24000 };

  assert.equal(address.formatAddress(view, -3, { top_hz: 24000 }), "?t=0-60");
  assert.equal(address.formatAddress(null, 9, { top_hz: 1 }), "?tag=9");
});

test("an address that makes no sense asks for nothing", () => {
  const asked = address.parseAddress("?t=30-12&f=a-b&tag=x");

  assert.deepEqual(asked, { times: null, frequencies: null, tag: null });
});
