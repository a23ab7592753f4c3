/** The dialog that shows the shortcut keys, from the same table that the keyboard reads. */

import { KEYMAP, shownChord } from "../lib/keymap.js";
import { h } from "./dom.js";

/** Open the dialog; it closes by Esc, by its button or by a click beside it. */
export function openHelp() {
  if (document.querySelector("dialog.help")) return;
  const groups = [...new Set(KEYMAP.map(({ group }) => group))];
  const close = h("button.button", { type: "button", onclick: () => dialog.close() }, "Close");
  const dialog = h(
    "dialog.help",
    { "aria-labelledby": "help-title" },
    h("h2", { id: "help-title" }, "Shortcut keys"),
    h("div.help-groups", {}, ...groups.map(section)),
    h("p.dim", {}, "They can be switched off in the settings of the spectrogram."),
    h("div.acts", {}, close),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function section(group) {
  const rows = KEYMAP.filter((row) => row.group === group).flatMap(({ label, keys, shown }) => [
    h("dt", {}, label),
    h("dd", {}, ...chords(shown ?? keys)),
  ]);
  return h("section", {}, h("h3", {}, group), h("dl", {}, ...rows));
}

/** The keys of one row; the ten digits are told in short. */
function chords(keys) {
  const shown = keys.length > 5 ? ["1", "…", "9", "0"] : keys.map(shownChord);
  return shown.map((chord) => (chord === "…" ? "…" : h("kbd", {}, chord)));
}
