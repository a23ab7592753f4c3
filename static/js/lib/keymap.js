/** The shortcut keys of the workbench: one table that the keyboard and the help page both read. */

const row = (group, label, keys, act, more = {}) => ({ group, label, keys, act, ...more });

/** `act` names what happens; rows without one are done by the pointer and only shown. */
export const KEYMAP = [
  row("Play", "Play or pause", ["Space"], "togglePlay"),
  row("Play", "Play the selected tag", ["c", "Shift+Space"], "playSelected"),
  row("Play", "Loop", ["Shift+L"], "toggleLoop"),
  row("Play", "Back or on by 1 s (nothing selected)", ["ArrowLeft", "ArrowRight"], "arrow"),
  row("Play", "… by 5 s", ["Shift+ArrowLeft", "Shift+ArrowRight"], "arrow"),
  row("Play", "… by one frame or 10 ms", ["Alt+ArrowLeft", "Alt+ArrowRight"], "arrow"),
  row("Play", "Go to a time", ["g"], "goToTime"),

  row("Tags", "Next tag", ["]"], "nextTag"),
  row("Tags", "Previous tag", ["["], "previousTag"),
  row("Tags", "Next tag, in the picture", ["Tab"], "nextTag", { where: "canvas" }),
  row("Tags", "Previous tag, in the picture", ["Shift+Tab"], "previousTag", { where: "canvas" }),
  row("Tags", "Tag at the playhead", ["m"], "tagAtPlayhead"),
  row("Tags", "Start of a range while playing", ["i"], "rangeStart"),
  row("Tags", "End of a range while playing", ["o"], "rangeEnd"),
  row("Tags", "Class 1 to 10", ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"], "class"),
  row("Tags", "Find a class by typing", ["/", "t"], "findClass"),
  row("Tags", "Repeat the last class", ["."], "repeatClass"),
  row("Tags", "Duplicate", ["Ctrl+D"], "duplicate"),
  row("Tags", "Delete", ["Delete", "Backspace"], "remove"),
  row("Tags", "Undo", ["Ctrl+Z"], "undo"),
  row("Tags", "Redo", ["Ctrl+Shift+Z", "Ctrl+Y"], "redo"),

  row("Selected tag", "Its numbers, from the picture", ["Enter"], "editNumbers", {
    where: "canvas",
  }),
  row("Selected tag", "Nudge", ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], "arrow"),
  row("Selected tag", "Nudge further", ["Shift+ArrowUp", "Shift+ArrowDown"], "arrow", {
    shown: ["Shift+arrows"],
  }),
  row("Selected tag", "The other edge only", ["Alt+ArrowUp", "Alt+ArrowDown"], "arrow", {
    shown: ["Alt+arrows"],
  }),

  row("View", "Zoom in", ["+", "="], "zoomIn"),
  row("View", "Zoom out", ["-"], "zoomOut"),
  row("View", "Zoom at the pointer", ["Ctrl+wheel"], null),
  row("View", "Whole file", ["f"], "fit"),
  row("View", "Zoom to the selection", ["e"], "zoomToSelection"),
  row("View", "Pan in time", ["wheel"], null),
  row("View", "Pan in frequency", ["Shift+wheel"], null),
  row("View", "To the start", ["Home"], "goToStart"),
  row("View", "To the end", ["End"], "goToEnd"),
  row("View", "Hide or show tags", ["h"], "hideTags"),
  row("View", "Lock the current lane", ["l"], "lockLane"),
  row("View", "Solo the current lane", ["Alt+S"], "soloLane"),

  row("Tools", "Draw", ["b"], "toolDraw"),
  row("Tools", "Select", ["v"], "toolSelect"),
  row("Tools", "Pan", ["x"], "toolPan"),
  row("Tools", "Zoom", ["z"], "toolZoom"),

  row("Page", "Next file", ["n"], "nextFile"),
  row("Page", "Previous file", ["p"], "previousFile"),
  row("Page", "Cancel; then Tab leaves the picture", ["Escape"], "cancel"),
  row("Page", "These keys", ["?"], "help"),
];

const isLetter = (key) => /^\p{L}$/u.test(key);

/** The name of a key press, such as "Ctrl+Shift+Z", "Alt+ArrowLeft", "g" or "?". */
export function chordOf(event) {
  const typedWithAltGraph = event.getModifierState?.("AltGraph") ?? false;
  const control = (event.ctrlKey || event.metaKey) && !typedWithAltGraph;
  const alt = event.altKey && !typedWithAltGraph;
  const name = alt && /^Key[A-Z]$/.test(event.code ?? "") ? event.code.slice(3) : event.key;
  const named = name === " " ? "Space" : name;
  const shift = event.shiftKey && (named.length > 1 || isLetter(named));
  const modified = control || alt || shift;
  const prefix = `${control ? "Ctrl+" : ""}${alt ? "Alt+" : ""}${shift ? "Shift+" : ""}`;
  return prefix + (isLetter(named) ? named[modified ? "toUpperCase" : "toLowerCase"]() : named);
}

/** The row of the table for a key press, or null; rows of the picture work there only. */
export function bindingOf(chord, { inCanvas }) {
  const isHere = ({ where }) => where !== "canvas" || inCanvas;
  const fits = (binding) => binding.act !== null && binding.keys.includes(chord);
  return KEYMAP.find((binding) => fits(binding) && isHere(binding)) ?? null;
}

const SHOWN = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  "-": "−",
};

/** A chord as it is printed on keys: "Ctrl+Shift+Z", "Alt+←". */
export function shownChord(chord) {
  const cut = chord.lastIndexOf("+", chord.length - 2) + 1;
  const key = chord.slice(cut);
  return chord.slice(0, cut) + (SHOWN[key] ?? key);
}

/** What of the keyboard a focused control keeps for itself, by its role. */
export function keptByControl(role, chord) {
  const key = chord.slice(chord.lastIndexOf("+", chord.length - 2) + 1);
  const arrows = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
  if (role === "text") return true;
  if (role === "button") return key === "Space" || key === "Enter";
  if (role === "list") return arrows.includes(key) || key === "Enter";
  return false;
}
