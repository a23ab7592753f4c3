/** Where the name of a box goes, so that it never covers the signal inside it. No DOM here. */

const HEIGHT = 16;
const GAP = 2;

/**
 * The corner {x, y} of a label so wide for a rectangle on a picture: above it, else below it,
 * else beside it; inside along the top edge only when the box fills the picture.
 */
export function labelPlace(rect, labelWidth, picture, place) {
  const right = rect.x + rect.width;
  const bottom = rect.y + rect.height;
  const along = Math.max(0, Math.min(Math.max(rect.x, 0), picture.width - labelWidth));
  place.x = along;
  if (rect.y >= HEIGHT + GAP) place.y = rect.y - HEIGHT - GAP;
  else if (bottom + HEIGHT + GAP <= picture.height) place.y = bottom + GAP;
  else {
    place.y = Math.max(rect.y, 0) + GAP;
    if (right + GAP + labelWidth <= picture.width) place.x = right + GAP;
    else if (rect.x - GAP - labelWidth >= 0) place.x = rect.x - GAP - labelWidth;
    else place.x = along + GAP;
  }
  return place;
}

/** Keeps labels from covering each other: rows of 16 px, each remembering how far it is taken. */
export class LabelRows {
  #taken = new Float64Array(0);

  clear(height) {
    const rows = Math.ceil(height / HEIGHT) + 2;
    if (this.#taken.length !== rows) this.#taken = new Float64Array(rows);
    this.#taken.fill(-1);
  }

  /** Take the place when it is free; labels must come in order of their left edges. */
  take(x, y, width) {
    const row = Math.max(0, Math.floor(y / HEIGHT));
    if (this.#taken[row] > x || this.#taken[row + 1] > x) return false;
    this.#taken[row] = Math.max(this.#taken[row], x + width);
    if (y % HEIGHT > GAP) this.#taken[row + 1] = Math.max(this.#taken[row + 1], x + width);
    return true;
  }
}

/** "1 wren", "wren .91": hot key first, the score of a machine behind. */
export function labelText(tag, label, hotKey) {
  const key = hotKey ? `${hotKey} ` : "";
  const isMachine = tag.machine_tagged && tag.score !== null;
  return `${key}${label}${isMachine ? ` ${tag.score.toFixed(2).replace(/^0/, "")}` : ""}`;
}
