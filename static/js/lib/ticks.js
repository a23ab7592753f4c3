/** Where the marks of a time or frequency axis go and what they say. No DOM here. */

import { formatClock, formatShortTime } from "./format.js";

const STEPS_S = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900,
  1800, 3600, 7200, 10800, 21600, 43200, 86400,
];

/** The smallest round step whose marks are at least so many pixels apart, in seconds. */
export function timeStep(secondsPerPixel, leastPixels) {
  const least = secondsPerPixel * leastPixels;
  return STEPS_S.find((step) => step >= least) ?? Math.ceil(least / 86400) * 86400;
}

/** How many decimals tell two neighbouring marks apart. */
function digitsFor(step) {
  return step >= 1 ? 0 : Math.ceil(-Math.log10(step) - 1e-9);
}

/** "12:31" or "0:12.35": a mark of the file's own time. */
export function fileTimeLabel(time_s, step) {
  return formatShortTime(time_s, digitsFor(step));
}

/** "05:26:31": a mark of the recorder's clock; "" when nobody knows when it began. */
export function clockLabel(media, time_s, step) {
  return formatClock(media.recorded_at, media.utc_offset_s, time_s, digitsFor(step));
}

/**
 * Seconds by which clock marks are off file marks: round clock times are shown when the step is
 * at least a second, since nobody looks for 05:14:07, 05:14:17, …
 */
export function clockShift(media, step) {
  if (!media.recorded_at || step < 1) return 0;
  const began_s = Date.parse(media.recorded_at) / 1000 + (media.utc_offset_s ?? 0);
  const past = ((began_s % step) + step) % step;
  return past === 0 ? 0 : step - past;
}

/** Round frequencies between two, so that neighbours are at least `least` pixels apart. */
export function frequencyTicks({ kind, low_hz, high_hz, toY, height, least = 36 }) {
  const isEven = kind === "linear" || high_hz < 3 * low_hz;
  const candidates = isEven ? evenly(low_hz, high_hz, height, least) : decades(low_hz, high_hz);
  const chosen = [];
  for (const hz of candidates) {
    const y = toY(hz);
    const free = chosen.every((other) => Math.abs(toY(other) - y) >= least);
    if (free && y >= -0.5 && y <= height + 0.5) chosen.push(hz);
  }
  return chosen.sort((a, b) => a - b);
}

function evenly(low_hz, high_hz, height, least) {
  const wanted = ((high_hz - low_hz) * least) / height;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].find((one) => one * power >= wanted) * power;
  const ticks = [];
  for (let i = Math.ceil(low_hz / step - 1e-9) + 0; i * step <= high_hz * (1 + 1e-9); i += 1) {
    ticks.push(i * step);
  }
  return ticks;
}

/** 100, 1000, … first, then the fives, the twos and the rest: the roundest find room first. */
function decades(low_hz, high_hz) {
  const ticks = low_hz === 0 ? [0] : [];
  for (const digit of [1, 5, 2, 3, 7, 4, 6, 8, 9]) {
    for (let power = 10; power <= high_hz; power *= 10) {
      if (digit * power >= low_hz && digit * power <= high_hz) ticks.push(digit * power);
    }
  }
  return ticks;
}

/** "0", "500", "2k", "2.5k": short, for the margin of a picture. */
export function frequencyLabel(hz) {
  if (hz < 1000) return String(Number(hz.toFixed(1)));
  return `${Number((hz / 1000).toFixed(3))}k`;
}
