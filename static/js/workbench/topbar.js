/** The bar on top: whether everything is saved, undo and redo, go to a time. */

import { formatTime, parseTime } from "../lib/format.js";
import { openConflict, openUnsaved } from "./conflict.js";
import { h, iconButton, say, setAttributes } from "./dom.js";
import { icon } from "./icons.js";
import { scriptButton } from "./scripts.js";

export function mountTopBar(root, context) {
  const { may, media } = context.state.get();
  const parts = [
    may.tag ? saveState(context) : null,
    ...(may.tag ? historyButtons(context) : []),
    media.duration_s > 0 ? goToField(context) : null,
    scriptButton(context),
  ];
  root.append(...parts.filter(Boolean));
}

const ICONS = { saved: "check", saving: "dots", failed: "warning", offline: "warning" };
Object.assign(ICONS, { conflict: "warning" });
const WORDS = { saved: "Saved", saving: "Saving…", failed: "Not saved: retry" };
Object.assign(WORDS, { offline: "Offline: not saved", conflict: "Conflict: decide" });

/** One button of a fixed width; it is quiet while all is well and acts when something is wrong. */
function saveState(context) {
  const { state, tags } = context;
  const words = h("span");
  const sign = h("span.sign");
  const button = h("button.button.quiet.save-state", { type: "button" }, sign, words);
  const more = h("button.button.quiet", { type: "button" }, "Details");
  more.addEventListener("click", () => openUnsaved(context));
  button.addEventListener("click", () => {
    const { save } = state.get();
    if (save.state === "conflict") openConflict(context);
    else save.retry?.();
  });
  let last = "saved";
  const follow = () => {
    const { save } = state.get();
    say(words, WORDS[save.state]);
    sign.replaceChildren(icon(ICONS[save.state]));
    const isWrong = ["failed", "offline", "conflict"].includes(save.state);
    setAttributes(button, { "data-state": save.state, title: save.message, disabled: !isWrong });
    more.hidden = !["failed", "offline"].includes(save.state);
    if (save.state === "conflict" && last !== "conflict") openConflict(context);
    last = save.state;
  };
  state.subscribe(["save"], follow);
  tags.addEventListener("change", follow);
  follow();
  return h("span.save", { role: "status" }, button, more);
}

function historyButtons({ tags, actions }) {
  const undo = iconButton("undo", "Undo", () => actions.undo());
  const redo = iconButton("redo", "Redo", () => actions.redo());
  const follow = () => {
    const undoTitle = named("Undo", tags.undoLabel, "Ctrl+Z");
    const redoTitle = named("Redo", tags.redoLabel, "Ctrl+Y");
    setAttributes(undo, { disabled: !tags.canUndo, title: undoTitle });
    setAttributes(redo, { disabled: !tags.canRedo, title: redoTitle });
  };
  tags.addEventListener("change", follow);
  follow();
  return [undo, redo];
}

function named(verb, label, key) {
  return label ? `${verb} “${label}” (${key})` : `${verb} (${key})`;
}

/** A field that takes 12:31.25 or 751.25; Enter goes there. */
function goToField({ state, actions }) {
  const input = h("input.go-to", {
    type: "text",
    placeholder: "Go to…",
    "aria-label": "Go to a time, such as 12:31.25",
    title: "Go to a time, such as 12:31.25 (g)",
    autocomplete: "off",
  });
  const check = () => setAttributes(input, { "aria-invalid": null });
  input.addEventListener("input", check);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") input.blur();
    if (event.key !== "Enter") return;
    const at_s = parseTime(input.value);
    const { duration_s } = state.get().media;
    const isThere = at_s >= 0 && at_s <= duration_s;
    setAttributes(input, { "aria-invalid": isThere ? null : "true" });
    if (!isThere) {
      input.title = `A time from 0 to ${formatTime(duration_s)}`;
      return;
    }
    actions.goTo(at_s);
    input.value = "";
    input.blur();
  });
  return input;
}
