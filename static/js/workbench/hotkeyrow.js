/** The classes with their hot keys, to press or to click. */

import { assignHotKeys } from "../lib/hotkeys.js";
import { ClassLooks } from "./classlooks.js";
import { eachFrame, h, setAttributes } from "./dom.js";

export function hotKeyRow(context) {
  const { state, actions, tags } = context;
  if (!state.get().may.tag) return null;
  const looks = new ClassLooks(state);
  const row = h("div.group.hot-keys", { role: "group", "aria-label": "Classes by hot key" });
  let drawnFor = null;
  const follow = eachFrame(() => {
    const { classes, defaultClassId, selection } = state.get();
    if (classes !== drawnFor) {
      drawnFor = classes;
      row.replaceChildren(...buttons(classes, looks, actions));
    }
    const current = tags.get(selection)?.class_id ?? defaultClassId;
    for (const button of row.children) {
      setAttributes(button, { "aria-pressed": String(Number(button.dataset.id) === current) });
    }
  });
  state.subscribe(["classes", "defaultClassId", "selection"], follow);
  tags.addEventListener("change", follow);
  follow();
  return row;
}

function buttons(classes, looks, actions) {
  return [...assignHotKeys(classes)].map(([digit, { id }]) => {
    const { colour, label } = looks.of({ class_id: id });
    const attributes = { type: "button", "data-id": id, title: `${label} (${digit})` };
    const parts = [h("kbd", {}, digit), h("span.name", {}, label)];
    const button = h("button.button.quiet.hot-key", attributes, ...parts);
    button.style.setProperty("--class-colour", colour);
    button.addEventListener("click", () => actions.setClass(id));
    return button;
  });
}
