import assert from "node:assert/strict";
import { test } from "node:test";

import { isPassing } from "../../static/js/lib/sending.js";

test("what passes by itself is tried again, what does not is told", () => {
  const passing = [0, 409, 423, 429, 460, 500, 502, 503, 504];
  const lasting = [400, 401, 403, 404, 410, 412, 413, 415, 422, 507];

  assert.deepEqual([...passing, ...lasting].filter(isPassing), passing);
});
