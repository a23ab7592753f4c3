/** Numbers as people write them: times, frequencies, levels, counts, clocks. No DOM here. */

const MINUS = "\u2212";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const two = (number) => String(number).padStart(2, "0");

/** Split seconds into whole parts, rounded once so that 59.9996 becomes a full minute. */
function parts(seconds, digits) {
  const scale = 10 ** digits;
  const ticks = Math.round(Math.abs(seconds) * scale);
  const whole = Math.floor(ticks / scale);
  return {
    sign: seconds < 0 && ticks > 0 ? MINUS : "",
    hours: Math.floor(whole / 3600),
    minutes: Math.floor(whole / 60) % 60,
    seconds: whole % 60,
    fraction: digits > 0 ? `.${String(ticks % scale).padStart(digits, "0")}` : "",
  };
}

/** "00:12:31.250": always hours, for fields and read-outs that must not change width. */
export function formatTime(seconds, digits = 3) {
  if (!Number.isFinite(seconds)) return "";
  const part = parts(seconds, digits);
  return `${part.sign}${two(part.hours)}:${two(part.minutes)}:${two(part.seconds)}${part.fraction}`;
}

/** "12:31.2": hours only when there are any, for lists. */
export function formatShortTime(seconds, digits = 1) {
  if (!Number.isFinite(seconds)) return "";
  const part = parts(seconds, digits);
  const hours = part.hours > 0 ? `${part.hours}:` : "";
  const minutes = part.hours > 0 ? two(part.minutes) : part.minutes;
  return `${part.sign}${hours}${minutes}:${two(part.seconds)}${part.fraction}`;
}

/** Read "12:31.25", "1:02:03", "751.25" or "751,25" as seconds; NaN when it is none of them. */
export function parseTime(text) {
  const cleaned = text.trim().replace(",", ".");
  if (!/^(\d+:){0,2}\d*\.?\d*$/.test(cleaned) || !/\d/.test(cleaned)) return NaN;
  return cleaned.split(":").reduce((total, part) => total * 60 + Number(part), 0);
}

/** "850 Hz", "2.4 kHz", "12.25 kHz": at most two decimals, none that are zero. */
export function formatHz(hz) {
  if (!Number.isFinite(hz)) return "";
  if (Math.abs(hz) < 1000) return `${Math.round(hz)} Hz`;
  return `${Number((hz / 1000).toFixed(2))} kHz`;
}

/** "−41 dB" with a true minus sign. */
export function formatDb(level) {
  if (!Number.isFinite(level)) return "";
  const rounded = Math.round(level);
  return `${rounded < 0 ? MINUS : ""}${Math.abs(rounded)} dB`;
}

/** "12,480". */
export function formatCount(count) {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** "312", "9k", "1.2M": a count where only its size matters. */
export function formatRoughCount(count) {
  if (count < 1000) return String(count);
  const [value, unit] = count < 999_500 ? [count / 1000, "k"] : [count / 1e6, "M"];
  return `${value < 9.95 ? Number(value.toFixed(1)) : Math.round(value)}${unit}`;
}

/** A `Date` whose UTC fields read as the clock on the recorder's wall. */
function wallClock(recordedAt, utcOffset, atSeconds) {
  return new Date(Date.parse(recordedAt) + ((utcOffset ?? 0) + atSeconds) * 1000);
}

function formatOffset(utcOffset) {
  if (utcOffset === null || utcOffset === undefined) return "UTC";
  const minutes = Math.round(Math.abs(utcOffset) / 60);
  return `${utcOffset < 0 ? MINUS : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** "05:14:12" on the recorder's clock at a position of the file; "" when the start is unknown. */
export function formatClock(recordedAt, utcOffset, atSeconds, digits = 0) {
  if (!recordedAt) return "";
  const date = wallClock(recordedAt, utcOffset, atSeconds);
  const units = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const fraction = String(date.getUTCMilliseconds()).padStart(3, "0").slice(0, digits);
  return units.map(two).join(":") + (digits > 0 ? `.${fraction}` : "");
}

/** "31 May 2026 05:14:12 (+02:00)". */
export function formatMoment(recordedAt, utcOffset) {
  if (!recordedAt) return "";
  const date = wallClock(recordedAt, utcOffset, 0);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day} ${formatClock(recordedAt, utcOffset, 0)} (${formatOffset(utcOffset)})`;
}
