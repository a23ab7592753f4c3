/** The keyboard of the workbench: reads the table of shortcut keys and calls actions. */

import { assignHotKeys } from "../lib/hotkeys.js";
import { bindingOf, chordOf, keptByControl } from "../lib/keymap.js";
import { openHelp } from "./help.js";
import { shortcutsAreOn } from "./settings.js";

const PICTURES = ".workbench-canvas, .wb-frame";
const FIRST_NUMBER = ".tag-fields .field:not(.wide) input";
const ZOOM = 1.5;

/** Listen until the returned function is called. */
export function mountKeys(context) {
  const stop = new AbortController();
  const { signal } = stop;
  const keyboard = { context, leaves: false, isOn: shortcutsAreOn() };
  const reread = () => (keyboard.isOn = shortcutsAreOn());
  addEventListener("shortcuts:changed", reread, { signal });
  document.addEventListener("keydown", (event) => keyed(keyboard, event), { signal });
  return () => stop.abort();
}

function keyed(keyboard, event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (!keyboard.isOn || document.querySelector("dialog[open], [popover]:popover-open")) return;
  const chord = chordOf(event);
  const { target } = event;
  if (keptByControl(roleOf(target), chord)) return;
  const inCanvas = Boolean(target.closest?.(PICTURES));
  if (leavesPicture(keyboard, chord)) return;
  const binding = bindingOf(chord, { inCanvas });
  if (!binding) return;
  event.preventDefault();
  keyboard.leaves = binding.act === "cancel";
  ACTS[binding.act](keyboard.context, event);
}

/** Esc, then Tab: the picture lets the focus go on. */
function leavesPicture(keyboard, chord) {
  const leaves = keyboard.leaves && ["Tab", "Shift+Tab"].includes(chord);
  keyboard.leaves = false;
  return leaves;
}

/** What a focused control is to the keyboard: a text, a button, a list, or nothing of those. */
function roleOf(target) {
  if (!target.matches) return null;
  if (target.matches("input[type=checkbox], input[type=radio]")) return "button";
  if (target.matches("input[type=range], [role=listbox], [role=slider]")) return "list";
  if (target.matches("input, textarea, select, [contenteditable]:not([contenteditable=false])")) {
    return "text";
  }
  return target.matches("button, a[href], summary") ? "button" : null;
}

const ACTS = {
  togglePlay: ({ actions }) => actions.togglePlay(),
  playSelected: ({ actions }) => actions.playSelection(),
  toggleLoop: ({ player, state }) => player.setLoop(!state.get().loop),
  goToTime: () => document.querySelector("input.go-to")?.focus(),
  nextTag: ({ actions }) => actions.selectNext(1),
  previousTag: ({ actions }) => actions.selectNext(-1),
  tagAtPlayhead: ({ actions }) => actions.tagAtPlayhead(),
  rangeStart: ({ actions }) => actions.rangeStart(),
  rangeEnd: ({ actions }) => actions.rangeEnd(),
  class: classByDigit,
  findClass,
  repeatClass: ({ actions }) => actions.repeatClass(),
  editNumbers,
  duplicate: ({ actions }) => actions.duplicate(),
  remove: ({ actions }) => actions.removeSelected(),
  undo: ({ actions }) => actions.undo(),
  redo: ({ actions }) => actions.redo(),
  arrow,
  zoomIn: ({ actions }) => actions.zoom(ZOOM),
  zoomOut: ({ actions }) => actions.zoom(1 / ZOOM),
  fit: ({ actions }) => actions.fit(),
  zoomToSelection: ({ actions }) => actions.zoomToSelection(),
  goToStart: ({ actions }) => actions.goToStart(),
  goToEnd: ({ actions }) => actions.goToEnd(),
  hideTags: ({ actions }) => actions.toggleTagsHidden(),
  lockLane: ({ actions }) => actions.toggleLock(),
  soloLane: ({ actions }) => actions.toggleSolo(),
  toolDraw: ({ actions }) => actions.setTool("draw"),
  toolSelect: ({ actions }) => actions.setTool("select"),
  toolPan: ({ actions }) => actions.setTool("pan"),
  toolZoom: ({ actions }) => actions.setTool("zoom"),
  nextFile: ({ state }) => openFile(state.get().next),
  previousFile: ({ state }) => openFile(state.get().previous),
  cancel: ({ actions }) => actions.cancel(),
  help: openHelp,
};

function openFile(address) {
  if (address) location.assign(address);
}

/** Arrows move the selected tag, or the playhead when nothing is selected. */
function arrow({ actions, state }, event) {
  const dx = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
  const dy = { ArrowDown: -1, ArrowUp: 1 }[event.key] ?? 0;
  const { shiftKey, altKey } = event;
  if (state.get().selection !== null) actions.nudge(dx, dy, { edge: altKey, large: shiftKey });
  else if (dx !== 0) actions.step(dx, { large: shiftKey, fine: altKey });
}

/** From the picture to the selected tag's numbers, as Tab would come to them: all is selected. */
function editNumbers() {
  const field = document.querySelector(FIRST_NUMBER);
  field?.focus();
  field?.select();
}

function classByDigit({ actions, state }, event) {
  const tagClass = assignHotKeys(state.get().classes).get(event.key);
  if (tagClass) actions.setClass(tagClass.id);
}

/** Type a class: for the selected tag, or for what is drawn next. */
async function findClass(context) {
  const { state, actions, tags, openPalette } = context;
  if (!state.get().may.tag) return;
  const seen = [...document.querySelectorAll(PICTURES)].find((one) => one.clientWidth > 0);
  const picture = seen?.getBoundingClientRect();
  const x = picture ? picture.left + picture.width / 2 - 120 : innerWidth / 2;
  const choice = await openPalette({ x, y: picture ? picture.top + 40 : 100 });
  if (choice?.class_id) actions.setClass(choice.class_id);
  else if (choice?.text && state.get().selection !== null) {
    tags.edit(state.get().selection, { class_id: null, text: choice.text });
  }
}
