/** A field to find a class by typing: a combobox over the project's classes. */

import { rankClasses } from "../lib/typeahead.js";
import { ClassLooks } from "./classlooks.js";
import { h, setAttributes, swatch } from "./dom.js";

const MOST_OPTIONS = 40;
let pickers = 0;

/**
 * Make the field's parts. `onpick` is told {class_id} or {text}; with `stays` the list is always
 * open, else while the field has the focus.
 */
export function createClassPicker(context, { label, onpick, oncancel = () => {}, stays = false }) {
  const listId = `classes-${(pickers += 1)}`;
  const input = h("input", {
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": label,
    "aria-autocomplete": "list",
    "aria-controls": listId,
    "aria-expanded": String(stays),
    placeholder: "Find a class…",
  });
  const list = h("ul.class-options", { id: listId, role: "listbox", "aria-label": "Classes" });
  const element = h("div.class-picker", {}, input, list);
  const parts = { context, element, input, list, looks: new ClassLooks(context.state) };
  const picker = { ...parts, onpick, oncancel, stays, at: 0, offers: [], text: "" };
  listen(picker);
  close(picker);
  return {
    element,
    input,
    /** Show what is chosen now, unless someone is typing. */
    show(text) {
      picker.text = text;
      if (document.activeElement !== input) input.value = text;
    },
    open: () => open(picker),
  };
}

function listen(picker) {
  const { input, list, stays } = picker;
  input.addEventListener("focus", () => {
    input.select();
    if (!stays) open(picker);
  });
  input.addEventListener("input", () => open(picker, input.value));
  input.addEventListener("keydown", (event) => keyed(picker, event));
  input.addEventListener("blur", () => {
    if (stays) return;
    input.value = picker.text;
    close(picker);
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) pick(picker, Number(option.dataset.at));
  });
}

function open(picker, query = "") {
  picker.offers = offers(picker.context.state.get(), query, picker.context.recent ?? []);
  const isChosen = ({ tagClass }) => tagClass?.label === picker.text;
  picker.at = query === "" ? Math.max(0, picker.offers.findIndex(isChosen)) : 0;
  picker.list.hidden = false;
  picker.input.setAttribute("aria-expanded", "true");
  draw(picker);
}

function close(picker) {
  if (picker.stays) return;
  picker.list.hidden = true;
  setAttributes(picker.input, { "aria-expanded": "false", "aria-activedescendant": null });
}

/** What can be chosen for a query: classes, the words themselves, a new class. */
function offers({ classes, may }, query, recent) {
  const found = rankClasses(classes, query, recent).slice(0, MOST_OPTIONS);
  const words = query.trim();
  const known = found.some((one) => [one.label, one.identifier].includes(words));
  const list = found.map((tagClass) => ({ kind: "class", tagClass }));
  if (words === "" || known) return list;
  if (may.manage) list.push({ kind: "create", words });
  list.push({ kind: "text", words });
  return list;
}

function draw(picker) {
  const { list, input, at, looks } = picker;
  const options = picker.offers.map((offer, index) => {
    const place = { id: `${list.id}-${index}`, "data-at": index };
    const attributes = { role: "option", "aria-selected": String(index === at), ...place };
    return h("li", attributes, ...optionParts(offer, looks));
  });
  const nothing = h("li.hint", {}, "No classes yet: type a name");
  list.replaceChildren(...(options.length > 0 ? options : [nothing]));
  const active = options[at];
  setAttributes(input, { "aria-activedescendant": active?.id ?? null });
  active?.scrollIntoView({ block: "nearest" });
}

function optionParts(offer, looks) {
  if (offer.kind === "create") return [`Create class “${offer.words}”`];
  if (offer.kind === "text") return [`Only write “${offer.words}”`];
  const { colour, label, hotKey } = looks.of({ class_id: offer.tagClass.id });
  return [swatch(colour), h("span.name", {}, label), hotKey ? h("kbd", {}, hotKey) : null];
}

function keyed(picker, event) {
  if (event.isComposing) return;
  const { length } = picker.offers;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps && length > 0) {
    if (picker.list.hidden) open(picker, picker.input.value);
    picker.at = (picker.at + steps[event.key] + length) % length;
    draw(picker);
  } else if (event.key === "Enter") {
    if (length > 0 && !picker.list.hidden) pick(picker, picker.at);
  } else if (event.key === "Escape") {
    if (!picker.stays) picker.input.blur();
    picker.oncancel();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

async function pick(picker, at) {
  const offer = picker.offers[at];
  const { input, list, onpick, context } = picker;
  if (offer.kind === "create") {
    setAttributes(input, { "aria-busy": "true" });
    const made = await createClass(context, offer.words).catch((error) => {
      list.replaceChildren(h("li.fault", { role: "alert" }, `Not created: ${error.message}`));
      return null;
    });
    setAttributes(input, { "aria-busy": null });
    if (made) finish(picker, made.label || made.identifier, { class_id: made.id }, onpick);
  } else if (offer.kind === "text") {
    finish(picker, offer.words, { text: offer.words }, onpick);
  } else {
    const { tagClass } = offer;
    finish(picker, tagClass.label || tagClass.identifier, { class_id: tagClass.id }, onpick);
  }
}

function finish(picker, text, choice, onpick) {
  picker.text = text;
  picker.input.value = text;
  close(picker);
  remember(picker.context, choice.class_id);
  onpick(choice);
  if (!picker.stays) picker.input.blur();
}

/** Keep the classes used last, so that they lead the list. */
function remember(context, classId) {
  if (classId === undefined) return;
  context.recent = [classId, ...(context.recent ?? []).filter((id) => id !== classId)].slice(0, 12);
}

async function createClass({ state, api }, words) {
  const { project, classes } = state.get();
  const body = { project: project.key, identifier: words, label: words };
  const made = await api.post("tag-classes", body);
  state.set({ classes: [...classes, made] });
  return made;
}
