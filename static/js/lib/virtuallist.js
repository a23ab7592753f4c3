/** Which rows of a long list are in sight, and where to scroll to show one. No DOM here. */

/** The rows to draw: {first, last} with `last` excluded, a few more than can be seen. */
export function rowsInSight({ scrollTop, height, rowHeight, count, spare = 4 }) {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare);
  return { first: Math.min(first, last), last };
}

/** The nearest scroll position that shows a row whole. */
export function scrollToShow(row, { scrollTop, height, rowHeight }) {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}

/** The row a key leads to from another; null for keys that lead nowhere. */
export function rowAfter(key, row, count, page) {
  if (count === 0) return null;
  const wanted = {
    ArrowDown: row + 1,
    ArrowUp: row < 0 ? count - 1 : row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: count - 1,
  }[key];
  return wanted === undefined ? null : Math.min(Math.max(wanted, 0), count - 1);
}
