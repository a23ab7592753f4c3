/** The class palette at the pointer: type, choose, go on. */

import { assignHotKeys } from "../lib/hotkeys.js";
import { createClassPicker } from "./classpicker.js";
import { h } from "./dom.js";

const GAP = 8;

/** Ask for a class at a point of the screen; resolves to {class_id}, {text} or null. */
export function openPalette(context, { x, y, title = "Class" }) {
  const before = document.activeElement;
  return new Promise((resolve) => {
    const stop = new AbortController();
    const done = (choice) => {
      if (stop.signal.aborted) return;
      stop.abort();
      palette.remove();
      before?.focus?.({ preventScroll: true });
      resolve(choice);
    };
    const picker = createClassPicker(context, {
      label: title,
      onpick: done,
      oncancel: () => done(null),
      stays: true,
    });
    const palette = h("div.palette", { role: "dialog", "aria-label": title }, picker.element);
    document.body.append(palette);
    picker.open();
    place(palette, x, y);
    picker.input.focus({ preventScroll: true });
    picker.input.addEventListener("keydown", (event) => {
      const tagClass = classOfKey(context, event, picker.input.value);
      if (!tagClass) return;
      event.preventDefault();
      done({ class_id: tagClass.id });
    });
    const leave = (event) => {
      if (!palette.contains(event.target)) done(null);
    };
    const { signal } = stop;
    document.addEventListener("pointerdown", leave, { signal, capture: true });
    palette.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !palette.contains(event.relatedTarget)) done(null);
    });
  });
}

/** The class of a hot key, as long as nothing has been typed yet. */
function classOfKey({ state }, { key, ctrlKey, altKey, metaKey }, typed) {
  if (typed !== "" || ctrlKey || altKey || metaKey) return undefined;
  return assignHotKeys(state.get().classes).get(key);
}

/** Put the palette beside the point, inside the window. */
function place(palette, x, y) {
  const { width, height } = palette.getBoundingClientRect();
  const left = Math.min(Math.max(x + GAP, GAP), innerWidth - width - GAP);
  const top = Math.min(Math.max(y + GAP, GAP), innerHeight - height - GAP);
  palette.style.left = `${Math.max(GAP, left)}px`;
  palette.style.top = `${Math.max(GAP, top)}px`;
}
