/** Which spectrogram tiles show a stretch of a file, and where they lie in time. No DOM here. */

export const TILE_COLUMNS = 1024;

/** The name of the tiles made with these settings, as the server spells it. */
export function specOf({ n_fft, overlap, window, channel }) {
  return `n${n_fft}-h${hopOf({ n_fft, overlap })}-${window}-c${channel}`;
}

function hopOf({ n_fft, overlap }) {
  return Math.round(n_fft * (1 - overlap));
}

/** Everything about the tiles of one file at one setting; `frames` are columns of level 0. */
export function tileGrid(media, spectrogram) {
  const hop = hopOf(spectrogram);
  const samples = Math.max(1, Math.round(media.duration_s * media.sample_rate));
  const frames = Math.ceil(samples / hop);
  const topLevel = Math.max(0, Math.ceil(Math.log2(frames / TILE_COLUMNS)));
  return {
    spec: specOf(spectrogram),
    rows: spectrogram.n_fft / 2,
    hop_s: hop / media.sample_rate,
    // A frame is drawn around its middle, where its window looks, not where it begins.
    offset_s: (spectrogram.n_fft - hop) / 2 / media.sample_rate,
    top_hz: media.sample_rate / 2,
    frames,
    topLevel,
  };
}

/** Number of columns and of tiles at a level. */
export function columnsAt(grid, level) {
  return Math.ceil(grid.frames / 2 ** level);
}

export function tilesAt(grid, level) {
  return Math.ceil(columnsAt(grid, level) / TILE_COLUMNS);
}

/** The level whose columns are nearest to one pixel wide. */
export function levelFor(grid, secondsPerPixel) {
  const level = Math.round(Math.log2(secondsPerPixel / grid.hop_s));
  return Math.min(Math.max(level, 0), grid.topLevel);
}

/** Seconds of a column's left edge; columns count through all tiles of a level. */
export function timeOfColumn(grid, level, column) {
  return grid.offset_s + column * 2 ** level * grid.hop_s;
}

/** The column, with its fraction, at a moment. */
export function columnOfTime(grid, level, time_s) {
  return (time_s - grid.offset_s) / (2 ** level * grid.hop_s);
}

/** First and last tile of a level that show some of a stretch. */
export function tilesBetween(grid, level, start_s, end_s) {
  const tileOf = (time_s) => Math.floor(columnOfTime(grid, level, time_s) / TILE_COLUMNS);
  const last = tilesAt(grid, level) - 1;
  const clamp = (index) => Math.min(Math.max(index, 0), last);
  return [clamp(tileOf(start_s)), clamp(tileOf(end_s))];
}

/** Every tile to have for a view, most wanted first: those in view, the whole file, neighbours. */
export function tilesWanted(grid, level, start_s, end_s) {
  const [first, last] = tilesBetween(grid, level, start_s, end_s);
  const wanted = [];
  for (let index = first; index <= last; index += 1) wanted.push({ level, index });
  if (level !== grid.topLevel) wanted.push({ level: grid.topLevel, index: 0 });
  if (last + 1 < tilesAt(grid, level)) wanted.push({ level, index: last + 1 });
  if (first > 0) wanted.push({ level, index: first - 1 });
  return wanted;
}

/** The grey value of a loaded tile at a column of its level and a row, or null outside of it. */
export function greyAt(tile, index, column, row) {
  const x = Math.floor(column) - index * TILE_COLUMNS;
  if (x < 0 || x >= tile.columns || row < 0 || row >= tile.rows) return null;
  return tile.grey[row * tile.columns + x];
}

/** The row of a tile for a frequency; bins are centred on theirs and row 0 is the highest. */
export function rowOfFrequency(grid, hz) {
  const bin = Math.round((hz / grid.top_hz) * grid.rows);
  return Math.min(Math.max(grid.rows - 1 - bin, 0), grid.rows - 1);
}

/** Colour one tile: `pixels` gets a pixel for each column of rows `first` … of the picture. */
export function colourTile(tile, table, sources, first, height, pixels) {
  const { grey, columns } = tile;
  let at = 0;
  for (let i = first; i < first + height; i += 1) {
    const from = sources.from[i] * columns;
    const to = sources.to[i] * columns;
    for (let x = 0; x < columns; x += 1) {
      let most = grey[from + x];
      for (let row = from + columns; row < to; row += columns) {
        if (grey[row + x] > most) most = grey[row + x];
      }
      pixels[at] = table[most];
      at += 1;
    }
  }
}
