/** What boxes and lanes share: rectangles used again from frame to frame, handles, dashes. */

const HANDLE_PX = 7;
const DASH_PX = 4;

/** A list of rectangles with their tags; its objects are used again, so frames make no garbage. */
export class Rects {
  list = [];
  count = 0;

  clear() {
    this.count = 0;
  }

  add(tag, x, y, width, height) {
    const rect = (this.list[this.count] ??= {});
    this.count += 1;
    rect.id = tag.id;
    rect.tag = tag;
    rect.x = x;
    rect.y = y;
    rect.width = width;
    rect.height = height;
    return rect;
  }

  current() {
    return this.list.slice(0, this.count);
  }

  of(id) {
    for (let i = 0; i < this.count; i += 1) if (this.list[i].id === id) return this.list[i];
    return null;
  }
}

/** Whether a machine made the tag and nobody has accepted it yet. */
export function isProvisional(tag) {
  return tag.machine_tagged === true && tag.status !== "accepted";
}

/**
 * A filled rectangle with its outline, on whole pixels: four bars are painted many times faster
 * than a stroked path, dashed ones from a pattern. `look` is a class's from `ClassLooks`.
 */
export function drawBox(context, { x, y, width, height }, look, thick, isDashed) {
  const left = Math.round(x);
  const top = Math.round(y);
  const wide = Math.max(Math.round(x + width) - left, thick);
  const tall = Math.max(Math.round(y + height) - top, thick);
  if (look.fill !== null) {
    context.fillStyle = look.fill;
    context.fillRect(left, top, wide, tall);
  }
  context.fillStyle = isDashed ? look.dash(context) : look.colour;
  context.fillRect(left, top, wide, thick);
  context.fillRect(left, top + tall - thick, wide, thick);
  context.fillRect(left, top, thick, tall);
  context.fillRect(left + wide - thick, top, thick, tall);
}

/** 1.5 px where the screen has half pixels, else the one that is sharp. */
export function thickness({ ratio }) {
  return ratio > 1 ? 1.5 : 1;
}

/** Dashes in both directions: a checked pattern, of which a thin bar shows one row. */
export function dashPattern(colour) {
  const tile = document.createElement("canvas");
  tile.width = DASH_PX * 2;
  tile.height = DASH_PX * 2;
  const context = tile.getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, DASH_PX, DASH_PX);
  context.fillRect(DASH_PX, DASH_PX, DASH_PX, DASH_PX);
  let pattern = null;
  return (target) => (pattern ??= target.createPattern(tile, "repeat"));
}

/** Small squares on the corners and edges; ranges have them on their two sides only. */
export function drawHandles(context, { x, y, width, height }, colour, timeOnly) {
  const middle = y + height / 2;
  square(context, x, middle, colour);
  square(context, x + width, middle, colour);
  if (timeOnly) return;
  const centre = x + width / 2;
  for (const atY of [y, y + height]) {
    square(context, x, atY, colour);
    square(context, x + width, atY, colour);
    if (width > 3 * HANDLE_PX) square(context, centre, atY, colour);
  }
}

function square(context, x, y, colour) {
  const half = HANDLE_PX / 2;
  context.fillStyle = "#ffffff";
  context.fillRect(x - half, y - half, HANDLE_PX, HANDLE_PX);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.strokeRect(x - half, y - half, HANDLE_PX, HANDLE_PX);
}
