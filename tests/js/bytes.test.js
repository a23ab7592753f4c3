import assert from "node:assert/strict";
import { test } from "node:test";

import { formatBytes } from "../../static/js/lib/bytes.js";

test("bytes are told in people's words", () => {
  const told = [0, 999, 1000, 1536, 99_500_000, 8_300_000_000].map(formatBytes);

  assert.deepEqual(told, ["0 B", "999 B", "1.0 kB", "1.5 kB", "100 MB", "8.3 GB"]);
});
