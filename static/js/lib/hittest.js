/** What lies under the pointer: tags, and the handles of the selected one. No DOM here. */

/** Whether a point is in a rectangle {x, y, width, height}, with some slack for thin ones. */
export function contains(rect, x, y, slack = 0) {
  return (
    x >= rect.x - slack &&
    x <= rect.x + rect.width + slack &&
    y >= rect.y - slack &&
    y <= rect.y + rect.height + slack
  );
}

/**
 * The id to select among rectangles with ids: the smallest under the point; when that point's
 * tag is selected already, the next larger one, and after the largest the smallest again.
 */
export function pick(rects, x, y, selection, slack = 3) {
  const under = rects.filter((rect) => contains(rect, x, y, slack));
  if (under.length === 0) return null;
  under.sort((a, b) => a.width * a.height - b.width * b.height);
  const at = under.findIndex((rect) => rect.id === selection);
  return under[(at + 1) % under.length].id;
}

/**
 * The edges under a point as "n", "se", …, "" for the inside, null for outside. Ranges in time
 * have only "e" and "w". Small rectangles keep a third of their inside for moving them.
 */
export function edgesAt(rect, x, y, { reach = 6, timeOnly = false } = {}) {
  if (!contains(rect, x, y, reach)) return null;
  const reachX = Math.min(reach, Math.max(rect.width / 3, 2));
  const reachY = Math.min(reach, Math.max(rect.height / 3, 2));
  let edges = "";
  if (!timeOnly && y - rect.y <= reachY) edges += "n";
  else if (!timeOnly && rect.y + rect.height - y <= reachY) edges += "s";
  if (rect.x + rect.width - x <= reachX) edges += "e";
  else if (x - rect.x <= reachX) edges += "w";
  return edges;
}

/** The CSS cursor for edges. */
export function cursorFor(edges) {
  return edges === null ? "default" : edges === "" ? "move" : `${edges}-resize`;
}
