/** The tools: draw, select, pan, zoom. Who may not tag has no tool to draw. */

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
