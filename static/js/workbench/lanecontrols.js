/** The heads of the lanes: which one new tags go to, and eye, lock and solo of each. */

import { formatRoughCount } from "../lib/format.js";
import { laneShown, toggledLane } from "../lib/lanes.js";
import { changeIcon, h, iconButton, say, setAttributes } from "./dom.js";

export function mountLaneControls(root, context) {
  const { state } = context;
  const rows = h("div.lane-rows");
  root.append(rows);
  if (state.get().may.tag) root.append(addTagSet(context));
  let drawnFor = null;
  const follow = () => {
    const { tagSets } = state.get();
    if (tagSets !== drawnFor) {
      drawnFor = tagSets;
      rows.replaceChildren(...tagSets.map((tagSet) => laneRow(tagSet, context)));
    }
    for (const row of rows.children) row.follow();
  };
  state.subscribe(["tagSets", "lanes", "defaultTagSetId", "tracks"], follow);
  follow();
}

function laneRow(tagSet, { state }) {
  const name = tagSet.label || tagSet.name;
  const turn = (part) => () =>
    state.set({ lanes: toggledLane(state.get().lanes, tagSet.id, part) });
  const choose = h("button.lane-name", { type: "button", title: `New tags go to ${name}` });
  const count = h("span.count");
  choose.append(h("span.name", {}, name), count);
  choose.addEventListener("click", () => state.set({ defaultTagSetId: tagSet.id }));
  const eye = iconButton("eye", `Hide ${name}`, turn("hidden"));
  const lock = iconButton("unlock", `Lock ${name}`, turn("locked"));
  const solo = h("button.button.quiet.icon-only", { type: "button", onclick: turn("solo") }, "S");
  setAttributes(solo, { "aria-label": `Show only ${name}`, title: `Show only ${name} (Alt+S)` });
  const mayTag = state.get().may.tag;
  const row = h("div.lane-control", {}, choose, eye, mayTag ? lock : null, solo);
  row.follow = () => followLane({ row, choose, count, eye, lock, solo, tagSet }, state.get());
  return row;
}

function followLane({ row, choose, count, eye, lock, solo, tagSet }, state) {
  const { lanes, defaultTagSetId, tracks, may } = state;
  const lane = lanes[tagSet.id] ?? {};
  const tags = tracks.find((track) => track.tag_set_id === tagSet.id)?.tags ?? 0;
  say(count, tags > 0 ? formatRoughCount(tags) : "");
  row.classList.toggle("hidden-lane", !laneShown(lanes, tagSet.id));
  const isDefault = may.tag && defaultTagSetId === tagSet.id;
  setAttributes(choose, { "aria-pressed": String(isDefault), disabled: !may.tag });
  changeIcon(eye, lane.hidden ? "eyeOff" : "eye");
  changeIcon(lock, lane.locked ? "lock" : "unlock");
  setAttributes(eye, { "aria-pressed": String(Boolean(lane.hidden)) });
  setAttributes(lock, { "aria-pressed": String(Boolean(lane.locked)) });
  setAttributes(solo, { "aria-pressed": String(Boolean(lane.solo)) });
}

/** A field that opens in place, and makes a tag set of the project. */
function addTagSet({ state, api }) {
  const label = "Name of the tag set";
  const input = h("input", { type: "text", "aria-label": label, placeholder: "Name" });
  const fault = h("small.fault", { role: "alert" });
  const form = h("form.lane-new", { hidden: true }, input, fault);
  const button = h("button.button.quiet.lane-add", { type: "button" }, "+ Add tag set");
  const show = (isOpen) => {
    form.hidden = !isOpen;
    button.hidden = isOpen;
    say(fault, "");
    (isOpen ? input : button).focus();
  };
  button.addEventListener("click", () => show(true));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (name === "") return;
    try {
      const made = await api.post("tag-sets", { project: state.get().project.key, name });
      state.set({ tagSets: [...state.get().tagSets, made], defaultTagSetId: made.id });
      input.value = "";
      show(false);
    } catch (error) {
      say(fault, error.message);
    }
  });
  return h("div.lane-foot", {}, button, form);
}
