/** The list of tags in view: virtual, filtered, walked by keyboard. */

import { formatCount, formatRoughCount, formatShortTime } from "../lib/format.js";
import { rowAfter, rowsInSight, scrollToShow } from "../lib/virtuallist.js";
import { calmly } from "./calm.js";
import { ClassLooks } from "./classlooks.js";
import { eachFrame, h, iconButton, say, setAttributes, swatch } from "./dom.js";
import { listFilters } from "./listfilters.js";

const ROW_PX = 30;
/** While the view moves the list follows a few times a second: the picture has the frames. */
const MOVING = { quiet_ms: 80, most_ms: 200 };

export function mountTagList(root, context) {
  const { state, tags, actions } = context;
  const view = { ...build(root, context), context, items: [], looks: new ClassLooks(state) };
  const draw = eachFrame(() => refresh(view));
  tags.addEventListener("change", draw);
  state.subscribe(["selection", "classes"], draw);
  state.subscribe(["view"], calmly(draw, MOVING));
  view.frame.addEventListener("scroll", eachFrame(() => drawRows(view)), { passive: true });
  new ResizeObserver(draw).observe(view.frame);
  view.frame.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) actions.select(Number(row.dataset.id));
  });
  view.frame.addEventListener("dblclick", () => actions.zoomToSelection());
  view.frame.addEventListener("keydown", (event) => keyed(view, event));
  draw();
}

function build(root, context) {
  const { actions, state } = context;
  const count = h("span.count", { "aria-live": "off" });
  const add = iconButton("plus", "Add a tag in the middle of the view", () => addInMiddle(context));
  const step = (by) => () => actions.selectNext(by);
  const head = h(
    "header",
    {},
    h("h2", {}, "Tags in view"),
    count,
    state.get().may.tag ? add : null,
    iconButton("up", "Previous tag", step(-1), { key: "[" }),
    iconButton("down", "Next tag", step(1), { key: "]" }),
  );
  const rows = h("div.rows", { role: "presentation" });
  const frame = h(
    "div.tag-rows",
    { role: "listbox", tabindex: "0", "aria-label": "Tags in view" },
    rows,
  );
  const note = h("div.list-note", { role: "status" });
  root.append(h("section.tag-list", {}, head, listFilters(context), note, frame));
  return { count, rows, frame, note };
}

/** For those who do not draw: a tag in the middle of what is in view, to be set by numbers. */
function addInMiddle({ state, actions }) {
  const { view, media } = state.get();
  if (media.kind === "image") {
    const box = { x1: 0.4, y1: 0.4, x2: 0.6, y2: 0.6 };
    return actions.place({ frame_info: { frame_idx: 0, box } });
  }
  const part = (low, high, share) => low + (high - low) * share;
  const times = [0.45, 0.55].map((share) => part(view.start_s, view.end_s, share));
  const range = { start_s: times[0], end_s: times[1], low_hz: null, high_hz: null };
  if (!media.sample_rate) return actions.place(range);
  const [low_hz, high_hz] = [0.3, 0.6].map((share) => part(view.low_hz, view.high_hz, share));
  return actions.place({ ...range, low_hz, high_hz });
}

function refresh(view) {
  const { tags } = view.context;
  const before = view.items;
  view.items = tags.inView();
  const first = Math.floor(view.frame.scrollTop / ROW_PX);
  const anchor = before[first]?.id;
  view.rows.style.height = `${view.items.length * ROW_PX}px`;
  keepPlace(view, anchor, first);
  revealSelected(view);
  say(view.count, countText(view));
  drawNote(view);
  drawRows(view);
}

/** Keep what was at the top of the list there, when rows come and go above it. */
function keepPlace({ frame, items }, anchor, was) {
  if (was === 0 || anchor === undefined) return;
  const now = items.findIndex((tag) => tag.id === anchor);
  if (now >= 0 && now !== was) frame.scrollTop += (now - was) * ROW_PX;
}

/** Scroll to the tag that was selected elsewhere, once. */
function revealSelected(view) {
  const { selection } = view.context.state.get();
  const row = view.items.findIndex((tag) => tag.id === selection);
  if (selection === view.revealed || (row < 0 && selection !== null)) return;
  view.revealed = selection;
  if (row >= 0) showRow(view.frame, row);
}

function showRow(frame, row) {
  const size = { scrollTop: frame.scrollTop, height: frame.clientHeight, rowHeight: ROW_PX };
  frame.scrollTop = scrollToShow(row, size);
}

function countText({ context, items }) {
  const { tags } = context;
  if (tags.isLoading) return "";
  const total = tags.overview()?.total ?? items.length;
  const shown = tags.density() ? countInView(context) : items.length;
  return `${formatCount(shown)} of ${formatRoughCount(Math.max(total, shown))}`;
}

/** Tags in view by the density: those that lie in the bins of the view. */
function countInView({ state, tags }) {
  const { start_s, end_s, bins, counts } = tags.density();
  const { class_id } = tags.filter;
  const { view } = state.get();
  const bin_s = (end_s - start_s) / bins;
  const first = Math.max(0, Math.floor((view.start_s - start_s) / bin_s));
  const last = Math.ceil((view.end_s - start_s) / bin_s);
  const sum = (total, series) =>
    series.counts.slice(first, last).reduce((part, count) => part + count, total);
  return counts.filter((one) => class_id === null || one.class_id === class_id).reduce(sum, 0);
}

function drawNote({ note, items, frame, context }) {
  const parts = noteParts(context, items);
  const key = parts.map((part) => part.textContent ?? part).join();
  frame.hidden = items.length === 0;
  note.hidden = parts.length === 0;
  if (note.dataset.key === key) return;
  note.dataset.key = key;
  note.replaceChildren(...parts);
}

function noteParts({ state, tags, actions }, items) {
  const button = (text, onclick) => h("button.button", { type: "button", onclick }, text);
  if (tags.trouble) {
    const why = `The tags could not be loaded: ${tags.trouble.message}`;
    return [h("p", {}, why), button("Try again", () => tags.reload())];
  }
  if (tags.isLoading) return [];
  if (tags.density()) {
    const words = "Too many tags to list. Zoom in, or filter.";
    return [h("p", {}, words), button("Zoom in", () => actions.zoom(4))];
  }
  if (items.length > 0) return [];
  const { tagsHidden, may } = state.get();
  if (tagsHidden) {
    return [h("p", {}, "Tags are hidden."), button("Show tags", () => actions.toggleTagsHidden())];
  }
  if (tags.isFiltered) {
    const clear = () => tags.setFilter({ text: "", class_id: null, tag_set_id: null });
    return [h("p", {}, "No tag in view fits the filter."), button("Clear the filter", clear)];
  }
  const draw = may.tag ? " Drag in the picture to draw one." : "";
  return [h("p", {}, `No tags in view.${draw}`)];
}

function drawRows(view) {
  const { frame, rows, items, context } = view;
  const { selection } = context.state.get();
  const size = { scrollTop: frame.scrollTop, height: frame.clientHeight, rowHeight: ROW_PX };
  const { first, last } = rowsInSight({ ...size, count: items.length });
  while (rows.children.length > last - first) rows.lastChild.remove();
  while (rows.children.length < last - first) rows.append(emptyRow());
  items.slice(first, last).forEach((tag, index) => {
    fillRow(rows.children[index], tag, { ...view, row: first + index, selection });
  });
  const shown = items.some((tag) => tag.id === selection);
  setAttributes(frame, { "aria-activedescendant": shown ? `tag-row-${selection}` : null });
}

function emptyRow() {
  const parts = [h("span.name"), h("span.score"), h("span.state"), h("time")];
  return h("div.tag-row", { role: "option" }, swatch("transparent"), ...parts);
}

function fillRow(element, tag, { context, looks, items, row, selection }) {
  const { tags } = context;
  const saving = tags.stateOf(tag.id);
  const [dot, name, score, state, time] = element.children;
  element.dataset.id = tag.id;
  element.style.transform = `translateY(${row * ROW_PX}px)`;
  setAttributes(element, {
    id: `tag-row-${tag.id}`,
    "aria-selected": String(tag.id === selection),
    "aria-setsize": items.length,
    "aria-posinset": row + 1,
  });
  element.classList.toggle("machine", Boolean(tag.machine_tagged) && tag.status !== "accepted");
  dot.style.background = looks.of(tag).colour;
  say(name, tags.labelOf(tag));
  say(score, tag.score === null || tag.score === undefined ? "" : tag.score.toFixed(2));
  say(state, ["failed", "conflict"].includes(saving) ? "not saved" : (STATUS[tag.status] ?? ""));
  say(time, placeOf(tag, context.state.get().media));
}

/** Where a tag is: its start, or its corner in a picture. */
function placeOf({ start_s, frame_info }, media) {
  const box = start_s === null ? frame_info?.box : null;
  if (box) return `${Math.round(box.x1 * media.width)}, ${Math.round(box.y1 * media.height)}`;
  return start_s === null ? "whole file" : formatShortTime(start_s);
}

const STATUS = { accepted: "✓", rejected: "✗", unsure: "?" };

function keyed(view, event) {
  const { items, frame, context } = view;
  const { actions, state, player } = context;
  const selected = items.findIndex((tag) => tag.id === state.get().selection);
  const page = Math.max(1, Math.floor(frame.clientHeight / ROW_PX) - 1);
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && selected >= 0) player.playTag(items[selected]);
  else {
    const row = rowAfter(event.key, selected, items.length, page);
    if (row === null) return;
    actions.select(items[row].id);
    showRow(frame, row);
  }
  event.preventDefault();
  event.stopPropagation();
}
