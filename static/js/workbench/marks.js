/** What boxes and lanes share: rectangles used again from frame to frame, handles, dashes. */

const HANDLE_PX = 7;

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
