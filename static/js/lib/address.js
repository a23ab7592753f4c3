/** The part of a file in view, and the selected tag, in the address of the page. No DOM here. */

/** Read "?t=12.5-30&f=500-8000&tag=9"; what is missing or makes no sense is null. */
export function parseAddress(search) {
  const params = new URLSearchParams(search);
  const tag = params.get("tag");
  return {
    times: span(params.get("t")),
    frequencies: span(params.get("f")),
    tag: tag !== null && /^\d+$/.test(tag) ? Number(tag) : null,
  };
}

function span(text) {
  const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? "");
  if (!match) return null;
  const [from, to] = [Number(match[1]), Number(match[2])];
  return from < to ? [from, to] : null;
}

/** The view an address asks for, or null when it asks for none. */
export function viewOf({ times, frequencies }, { top_hz }, first) {
  if (!times && !frequencies) return null;
  const [start_s, end_s] = times ?? [first.start_s, first.end_s];
  const [low_hz, high_hz] = frequencies ?? [0, top_hz];
  return { start_s, end_s, low_hz, high_hz };
}

/** Write the address of a view; all frequencies and tags not yet saved are left out. */
export function formatAddress(view, selection, { top_hz }) {
  const parts = view === null ? [] : [`t=${figure(view.start_s, 3)}-${figure(view.end_s, 3)}`];
  const isWhole = view === null || (view.low_hz <= 0 && view.high_hz >= top_hz);
  if (!isWhole) parts.push(`f=${figure(view.low_hz, 1)}-${figure(view.high_hz, 1)}`);
  if (selection > 0) parts.push(`tag=${selection}`);
  return `?${parts.join("&")}`;
}

function figure(value, digits) {
  return String(Number(value.toFixed(digits)));
}
