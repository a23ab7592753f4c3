import assert from "node:assert/strict";
import { test } from "node:test";

import {
  formatClock,
  formatCount,
  formatDb,
  formatHz,
  formatMoment,
  formatRoughCount,
  formatShortTime,
  formatTime,
  parseTime,
} from "../../static/js/lib/format.js";

test("a time always shows hours, minutes, seconds and milliseconds", () => {
  const times = [0, 751.25, 59.9996, 86399.999, 360000, -0.25].map((time) => formatTime(time));

  assert.deepEqual(times, [
    "00:00:00.000",
    "00:12:31.250",
    "00:01:00.000",
    "23:59:59.999",
    "100:00:00.000",
    "\u221200:00:00.250",
  ]);
});

test("a time that is not known is an empty string", () => {
  assert.deepEqual([formatTime(null), formatTime(NaN), formatShortTime(undefined)], ["", "", ""]);
});

test("a short time leaves out hours that are not there", () => {
  const times = [5.04, 751.25, 3723.5].map((time) => formatShortTime(time));

  assert.deepEqual(times, ["0:05.0", "12:31.3", "1:02:03.5"]);
});

test("what people type as a time is read, anything else is not a number", () => {
  const texts = ["12:31.25", "1:02:03", "751,25", " 7 ", ".5", "", "1:2:3:4", "7 s", "-3", ":"];

  assert.deepEqual(texts.map(parseTime), [751.25, 3723, 751.25, 7, 0.5, NaN, NaN, NaN, NaN, NaN]);
});

test("every time written is read back the same to the millisecond", () => {
  const times = [0, 0.001, 59.999, 3599.5, 86400.123];

  assert.deepEqual(times.map((time) => parseTime(formatTime(time))), times);
});

test("frequencies below a kilohertz are whole hertz, above at most two decimals", () => {
  const shown = [0, 850.4, 999.4, 2400, 12250, 128004].map(formatHz);

  assert.deepEqual(shown, ["0 Hz", "850 Hz", "999 Hz", "2.4 kHz", "12.25 kHz", "128 kHz"]);
});

test("levels have a true minus sign and none on zero", () => {
  assert.deepEqual([-41.4, -0.2, 3].map(formatDb), ["\u221241 dB", "0 dB", "3 dB"]);
});

test("counts are grouped by thousands or rounded to their size", () => {
  const counts = [312, 1000, 12480, 999_600, 1_234_567];

  assert.deepEqual(counts.map(formatCount), ["312", "1,000", "12,480", "999,600", "1,234,567"]);
  assert.deepEqual(counts.map(formatRoughCount), ["312", "1k", "12k", "1M", "1.2M"]);
});

test("clock times are those of the recorder's zone and cross midnight", () => {
  const start = "2026-05-31T03:14:12Z";

  assert.equal(formatClock(start, 7200, 0), "05:14:12");
  assert.equal(formatClock(start, 7200, 19 * 3600), "00:14:12");
  assert.equal(formatClock(start, null, 0.25, 3), "03:14:12.250");
  assert.equal(formatClock(null, 7200, 0), "");
  assert.equal(formatMoment(start, 7200), "31 May 2026 05:14:12 (+02:00)");
  assert.equal(formatMoment(start, -12600), "30 May 2026 23:44:12 (\u221203:30)");
  assert.equal(formatMoment(start, null), "31 May 2026 03:14:12 (UTC)");
});
