/** Colour maps for grey spectrogram tiles, and contrast and brightness in decibels. No DOM. */

const STOPS = {
  inferno: "000004 1b0c42 4b0c6b 781c6d a52c60 cf4446 ed6925 fb9a06 f7d03c fcffa4",
  magma: "000004 180f3e 451077 721f81 9f2f7f cd4071 f1605d fd9567 fec98d fcfdbf",
  viridis: "440154 482878 3e4a89 31688e 26828e 1f9e89 35b779 6dcd59 b4de2c fde725",
  cividis: "00204d 00336f 39486b 575c6d 707173 8a8779 a69d75 c4b56c e4cf5b ffea46",
  grey: "000000 ffffff",
  paper: "ffffff 000000",
};

const RANGE_DB = 90;
const MIDDLE_DB = -70;
const BRIGHTNESS_DB = 60;

/** The names of the maps, as the settings list them. */
export const COLOUR_MAPS = Object.keys(STOPS);

/** Decibels (full-scale sine = 0) of a grey value. */
export function levelOf(grey) {
  return -127.5 + grey / 2;
}

/** The levels shown darkest and brightest. Contrast narrows them, brightness moves them down. */
export function levelRange(contrast, brightness) {
  const half = RANGE_DB / contrast / 2;
  const middle = MIDDLE_DB - brightness * BRIGHTNESS_DB;
  return { low_db: middle - half, high_db: middle + half };
}

/** 256 pixels, one for each grey value, as ImageData keeps them on little-endian machines. */
export function lookUpTable({ map, contrast, brightness }) {
  const stops = (STOPS[map] ?? STOPS.inferno).split(" ").map(rgb);
  const { low_db, high_db } = levelRange(contrast, brightness);
  const table = new Uint32Array(256);
  for (let grey = 0; grey < 256; grey += 1) {
    const share = (levelOf(grey) - low_db) / (high_db - low_db);
    table[grey] = pixel(stops, Math.min(Math.max(share, 0), 1));
  }
  return table;
}

function rgb(hex) {
  const value = parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function pixel(stops, share) {
  const at = share * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  const [red, green, blue] = stops[low].map((from, i) =>
    Math.round(from + (stops[low + 1][i] - from) * (at - low)),
  );
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A CSS colour with another opacity: "#1b9e77" and 0.12 → "rgba(27, 158, 119, 0.12)". */
export function translucent(hex, opacity) {
  const [red, green, blue] = rgb(hex.slice(1, 7));
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}

/** Equal to --class-1 … --class-8 of tokens.css: told apart by everybody, on dark and light. */
const CLASS_COLOURS = [
  "#56b4e9",
  "#e69f00",
  "#2fbf8f",
  "#f0e442",
  "#ff7f50",
  "#cc79a7",
  "#9fa8ff",
  "#c7d36f",
];

const NO_CLASS_COLOUR = "#93a0ad";

/** "#rrggbb" of a class: its own, else one of the eight; grey for free text. */
export function classColour(tagClass) {
  if (!tagClass) return NO_CLASS_COLOUR;
  const isOwn = /^#[0-9a-f]{6}$/i.test(tagClass.color ?? "");
  return isOwn ? tagClass.color : CLASS_COLOURS[(tagClass.id - 1) % CLASS_COLOURS.length];
}
