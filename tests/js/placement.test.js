import assert from "node:assert/strict";
import { test } from "node:test";

import * as placement from "../../static/js/lib/placement.js";

test("a picture fits its frame, zooms around a point and stays in the frame", () => {
  const frame = { width: 400, height: 200 };
  const place = placement.fitted({ width: 800, height: 800 }, frame);

  const zoomed = placement.zoomedPlace(place, 4, { x: 200, y: 100 });
  const pulled = placement.keptInFrame({ ...zoomed, x: 500 }, frame);

  assert.deepEqual(place, { x: 100, y: 0, width: 200, height: 200, zoom: 1 });
  assert.deepEqual(placement.fractionAt(zoomed, { x: 200, y: 100 }), { x: 0.5, y: 0.5 });
  assert.equal(pulled.x, 0);
  assert.deepEqual(placement.pixelsOf(place, { x1: 0.5, y1: 0, x2: 1, y2: 0.5 }), {
    x: 200,
    y: 0,
    width: 100,
    height: 100,
  });
});
