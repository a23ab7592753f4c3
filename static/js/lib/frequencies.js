/** Linear, logarithmic and mel frequency: places on an axis and rows of a spectrogram. No DOM. */

const LOWEST_HZ = 20;
const MOST_ROWS = 1024;

const WARPS = {
  linear: { to: (hz) => hz, from: (u) => u },
  log: { to: Math.log, from: Math.exp },
  mel: { to: (hz) => 2595 * Math.log10(1 + hz / 700), from: (u) => 700 * (10 ** (u / 2595) - 1) },
};

/** Frequencies to 0 (lowest shown) … 1 (top) and back. A logarithm has no zero: it begins above. */
export function frequencyScale(kind, top_hz) {
  const { to, from } = WARPS[kind];
  const floor_hz = kind === "log" ? Math.min(Math.max(LOWEST_HZ, top_hz / 2000), top_hz / 2) : 0;
  const low = to(floor_hz);
  const span = to(top_hz) - low;
  return {
    floor_hz,
    warp: (hz) => (to(Math.max(hz, floor_hz)) - low) / span,
    unwarp: (u) => from(low + u * span),
  };
}

/** Frequencies to pixels and back, for the range in view; high frequencies are on top. */
export function frequencyAxis({ kind, top_hz, low_hz, high_hz, height }) {
  const { warp, unwarp, floor_hz } = frequencyScale(kind, top_hz);
  const top = warp(high_hz);
  const bottom = warp(low_hz);
  const perPixel = (top - bottom) / height;
  return {
    floor_hz,
    toY: (hz) => (top - warp(hz)) / perPixel,
    toHz: (y) => unwarp(top - y * perPixel),
  };
}

/**
 * How many rows a coloured tile needs: enough for the pixels in view, in powers of two, and for
 * bent scales twice as many as there are bins, since they stretch the low ones.
 */
export function rowsWanted(kind, rows, fractionInView, height) {
  const most = kind === "linear" ? rows : 2 * rows;
  const needed = height / Math.max(fractionInView, 1e-6);
  let wanted = most;
  while (wanted / 2 >= needed && wanted > 64) wanted /= 2;
  return wanted;
}

/**
 * Which rows of a tile (row 0 is the highest bin) each row of its coloured picture shows.
 * A row of several bins shows their maximum: rows `from[i]` up to, not including, `to[i]`.
 */
export function rowSources(kind, rows, top_hz, wanted) {
  const from = new Uint16Array(wanted);
  const to = new Uint16Array(wanted);
  const { unwarp } = frequencyScale(kind, top_hz);
  const rowOf = (i) =>
    kind === "linear" ? (i * rows) / wanted : rows - 0.5 - (unwarp(1 - i / wanted) / top_hz) * rows;
  for (let i = 0; i < wanted; i += 1) {
    const first = Math.floor((rowOf(i) + rowOf(i + 1)) / 2);
    const several = rowOf(i + 1) - rowOf(i) >= 1;
    from[i] = Math.min(Math.max(several ? Math.floor(rowOf(i)) : first, 0), rows - 1);
    to[i] = Math.min(Math.max(several ? Math.floor(rowOf(i + 1)) : first + 1, from[i] + 1), rows);
  }
  return { from, to };
}

/** Where a frequency lies in a coloured picture of so many rows; bins are centred on theirs. */
export function pictureRow(kind, rows, wanted, warped) {
  const shift = kind === "linear" ? (0.5 * wanted) / rows : 0;
  return (1 - warped) * wanted - shift;
}

/** The bands of at most 1024 rows that a picture is kept in, of those between two rows. */
export function bandsBetween(top, bottom, wanted) {
  const height = Math.min(wanted, MOST_ROWS);
  const first = Math.max(0, Math.floor(top / height));
  const last = Math.min(wanted / height - 1, Math.floor((bottom - 1e-9) / height));
  return { height, first, last };
}
