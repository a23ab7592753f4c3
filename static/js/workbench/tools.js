/** The tools: draw, select, pan, zoom; who may not tag has none to draw. And the panel's fold. */

import { iconButton } from "./dom.js";

const TOOLS = [
  ["draw", "Draw", "b"],
  ["select", "Select", "v"],
  ["pan", "Pan", "x"],
  ["zoom", "Zoom", "z"],
];

/** Put a button for each tool into an element; returns what stops them. */
export function mountTools(root, { state, actions }) {
  const { may, media } = state.get();
  if (media.state !== "ready") return undefined;
  const offered = TOOLS.filter(([tool]) => tool !== "draw" || may.tag);
  const buttons = offered.map(([tool, label, key]) => {
    const button = iconButton(tool, label, () => actions.setTool(tool), { key });
    root.append(button);
    return [tool, button];
  });
  const show = ({ tool }) => {
    for (const [name, button] of buttons) button.setAttribute("aria-pressed", name === tool);
  };
  show(state.get());
  return state.subscribe(["tool"], show);
}

const FOLD_KEY = "tagstore.panel";

/** A button in the bar that folds the panel away, and remembers it. */
export function mountFold(bar, root) {
  const button = iconButton("panel", "Show the panel", () => fold(!isFolded()));
  const isFolded = () => root.classList.contains("panel-folded");
  const fold = (away) => {
    root.classList.toggle("panel-folded", away);
    button.setAttribute("aria-expanded", String(!away));
    localStorage.setItem(FOLD_KEY, away ? "folded" : "open");
  };
  button.classList.add("fold-panel");
  fold(localStorage.getItem(FOLD_KEY) === "folded");
  bar.append(button);
  return () => button.remove();
}
