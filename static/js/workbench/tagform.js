/** The selected tag in numbers and words; everything that can be drawn can be typed here. */

import { formatHz, formatTime } from "../lib/format.js";
import { createClassPicker } from "./classpicker.js";
import { ClassLooks } from "./classlooks.js";
import { eachFrame, h, iconButton, say, swatch } from "./dom.js";
import * as fields from "./fields.js";
import { tagFacts } from "./tagfacts.js";

export function mountTagForm(root, context) {
  const { state, tags } = context;
  const section = h("section.tag-form", { "aria-label": "Selected tag" });
  root.append(section);
  const form = { context, section, looks: new ClassLooks(state), shape: null, parts: null };
  const draw = eachFrame(() => refresh(form));
  tags.addEventListener("change", draw);
  state.subscribe(["selection", "draft", "classes", "tagSets", "lanes", "may"], draw);
  draw();
}

function refresh(form) {
  const { state, tags } = form.context;
  const { selection, draft } = state.get();
  const saved = tags.get(selection);
  const tag = saved && draft && draft.id === saved.id ? { ...saved, ...draft } : saved;
  const shape = shapeOf(form.context, tag);
  if (shape !== form.shape) {
    form.shape = shape;
    form.section.replaceChildren(...build(form, shape));
  }
  if (tag) show(form, tag);
}

/** Which fields there are: none, numbers of sound or of a picture, changeable or not. */
function shapeOf({ state }, tag) {
  if (!tag) return "none";
  const { may } = state.get();
  return `${tag.frame_info ? "box" : "sound"} ${may.tag ? "open" : "closed"}`;
}

function build(form, shape) {
  form.parts = null;
  if (shape === "none") return [emptyHint(form.context)];
  const isOpen = shape.endsWith("open");
  const title = { dot: swatch("transparent"), name: h("h2"), state: h("span.state") };
  const head = h("header", {}, title.dot, title.name, title.state, ...headButtons(form, isOpen));
  const facts = tagFacts(form.context);
  form.parts = { title, facts, fields: isOpen ? openFields(form, shape) : closedFields(form) };
  return [head, form.parts.fields.element, facts.element];
}

function emptyHint({ state }) {
  const { may, media } = state.get();
  const how =
    media.kind === "image"
      ? "Drag in the picture to draw a box."
      : "Drag in the picture to draw one, or press m to put one at the playhead.";
  return h("p.hint", {}, `No tag selected.${may.tag ? ` ${how}` : " Click one to see it here."}`);
}

function headButtons({ context }, isOpen) {
  const { actions, state } = context;
  const isImage = state.get().media.kind === "image";
  const play = iconButton("play", "Play this tag", () => actions.playSelection(), { key: "c" });
  const bin = iconButton("bin", "Delete", () => actions.removeSelected(), { key: "Delete" });
  return [isImage ? null : play, isOpen ? bin : null];
}

/** Fields that change the tag as soon as one is left. */
function openFields(form, shape) {
  const { context } = form;
  const { tags, state } = context;
  const change = (changes) => {
    tags.edit(state.get().selection, changes);
    refresh(form); // What is typed next, before the next frame, is held against this.
  };
  const onpick = (choice) => relabel(form, choice);
  const picker = createClassPicker(context, { label: "Class", onpick });
  const all = [...numberFields(state.get().media, shape, change), ...wordFields(form, change)];
  const classRow = h("div.field.wide", {}, h("span.label", {}, "Class"), picker.element);
  const element = h("div.tag-fields", {}, classRow, ...all.map((field) => field.element));
  return {
    element,
    show(tag) {
      picker.show(tags.labelOf(tag));
      for (const field of all) field.show(tag);
    },
  };
}

function numberFields(media, shape, change) {
  if (shape.startsWith("box")) return fields.boxFields(media, change);
  const { timeField, hzField } = fields;
  const times = [timeField("Start", "start_s", change), timeField("End", "end_s", change)];
  if (!media.sample_rate) return times;
  return [...times, hzField("Low", "low_hz", change), hzField("High", "high_hz", change)];
}

function wordFields({ context }, change) {
  const channel = fields.channelField(context.state.get().media, change);
  return [channel, fields.statusField(change), fields.commentField(change)].filter(Boolean);
}

function relabel({ context }, choice) {
  const { actions, tags, state } = context;
  if (choice.class_id) actions.setClass(choice.class_id);
  else tags.edit(state.get().selection, { class_id: null, text: choice.text });
}

/** For readers: the same numbers as words. */
function closedFields() {
  const span = h("p");
  const band = h("p");
  const comment = h("p");
  return {
    element: h("div.tag-words", {}, span, band, comment),
    show(tag) {
      const isWhole = tag.start_s === null;
      say(span, isWhole ? "Whole file" : `${formatTime(tag.start_s)} – ${formatTime(tag.end_s)}`);
      const hasBand = tag.low_hz !== null || tag.high_hz !== null;
      say(band, hasBand ? `${formatHz(tag.low_hz ?? 0)} – ${formatHz(tag.high_hz)}` : "");
      say(comment, tag.comment ?? "");
    },
  };
}

const SAVING = { failed: "not saved", conflict: "changed by someone else" };

function show({ context, looks, parts }, tag) {
  const { tags } = context;
  parts.title.dot.style.background = looks.of(tag).colour;
  say(parts.title.name, tags.labelOf(tag));
  say(parts.title.state, SAVING[tags.stateOf(tag.id)] ?? "");
  parts.fields.show(tag);
  parts.facts.show(tag);
}
