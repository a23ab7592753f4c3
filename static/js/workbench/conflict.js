/** The dialogs of what could not be saved: a conflict with both versions, and the failures. */

import { formatHz, formatTime } from "../lib/format.js";
import { differences } from "../lib/overlay.js";
import { h } from "./dom.js";

const FIELDS = {
  start_s: ["Start", (value) => formatTime(value)],
  end_s: ["End", (value) => formatTime(value)],
  low_hz: ["Low", (value) => formatHz(value)],
  high_hz: ["High", (value) => formatHz(value)],
  channel: ["Channel", (value) => value ?? "all"],
  text: ["Text", (value) => value ?? "–"],
  comment: ["Comment", (value) => value || "–"],
  status: ["Status", (value) => value ?? "–"],
  frame_info: ["Box", (value) => (value ? "moved" : "–")],
};

/** Show the first conflict; does nothing when there is none. */
export function openConflict({ tags, state }) {
  const entry = tags.unsaved().find(({ write }) => write.state === "conflict");
  if (!entry || document.querySelector("dialog.conflict")) return;
  const { write } = entry;
  const theirs = write.error.body.current ?? null;
  const decide = (choice) => () => {
    dialog.close();
    tags.settle(entry.id, choice);
  };
  const words = theirs ? whoChanged(theirs) : "Someone else has deleted this tag.";
  const keep = theirs ? "Keep theirs" : "Leave it deleted";
  const save = saving(theirs, entry);
  const dialog = h(
    "dialog.conflict",
    { "aria-labelledby": "conflict-title" },
    h("h2", { id: "conflict-title" }, "Changed by someone else"),
    h("p", {}, `${words} Your change has not been saved over it.`),
    theirs ? comparison(entry, theirs, tags, state) : null,
    h(
      "div.acts",
      {},
      h("button.button.quiet", { type: "button", onclick: () => dialog.close() }, "Decide later"),
      h("button.button", { type: "button", onclick: decide("mine") }, save),
      h("button.button.primary", { type: "button", onclick: decide("theirs") }, keep),
    ),
  );
  show(dialog);
}

function whoChanged({ updated_by }) {
  const who = typeof updated_by === "string" && updated_by ? updated_by : "Someone else";
  return `${who} changed this tag meanwhile.`;
}

function saving(theirs, { mine }) {
  if (!theirs) return "Restore it with my changes";
  return mine ? "Save my changes" : "Delete it all the same";
}

/** Where the versions differ; what we have left alone stays as theirs, whatever is decided. */
function comparison({ mine, changes }, theirs, tags, { get }) {
  const setName = (id) => get().tagSets.find((one) => one.id === id)?.name ?? "–";
  const known = {
    ...FIELDS,
    class_id: ["Class", (_, tag) => tags.labelOf(tag)],
    tag_set_id: ["Tag set", (id) => setName(id)],
  };
  if (mine === null) return h("p", {}, "You have deleted it.");
  const rows = differences(mine, theirs).map((field) => {
    const [label, shown] = known[field];
    const cell = (tag) => h("td", {}, String(shown(tag[field], tag) || "–"));
    const ours = field in changes ? cell(mine) : h("td.dim", {}, "not changed");
    return h("tr", {}, h("th", { scope: "row" }, label), cell(theirs), ours);
  });
  const heads = ["", "Theirs", "Yours"].map((text) => h("th", { scope: "col" }, text));
  return h("table.table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows));
}

const VERBS = { create: "New tag", edit: "Change of", remove: "Deletion of", restore: "Return of" };

/** List what is not saved, why, and what can be done. */
export function openUnsaved({ tags }) {
  const entries = tags.unsaved();
  if (entries.length === 0) return;
  const retry = () => {
    dialog.close();
    tags.retry();
  };
  const dialog = h(
    "dialog.unsaved",
    { "aria-labelledby": "unsaved-title" },
    h("h2", { id: "unsaved-title" }, "Not saved yet"),
    h("p", {}, "These changes are kept in this page and can be sent again."),
    h("ul", {}, ...entries.map((entry) => unsavedRow(entry, tags, () => dialog.close()))),
    h(
      "div.acts",
      {},
      h("button.button", { type: "button", onclick: () => dialog.close() }, "Close"),
      h("button.button.primary", { type: "button", onclick: retry }, "Retry"),
    ),
  );
  show(dialog);
}

function unsavedRow({ id, write, mine, theirs }, tags, close) {
  const tag = mine ?? theirs;
  const label = tag ? `${tags.labelOf(tag)} at ${formatTime(tag.start_s ?? 0)}` : "a tag";
  const name = `${VERBS[write.kind]} ${label}`;
  const { error } = write;
  const request = error?.status > 0 && error.requestId ? ` (request ${error.requestId})` : "";
  const why = error ? `${error.message}${request}` : "Waiting for the change before it.";
  const discard = () => {
    tags.discard(id);
    close();
  };
  const drop = h("button.button.quiet", { type: "button", onclick: discard }, "Discard");
  return h("li", {}, h("div", {}, h("strong", {}, name), h("p.dim", {}, why)), drop);
}

function show(dialog) {
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
