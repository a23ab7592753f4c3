/** Everything around the picture; comes after it, so that nobody waits for buttons to see sound. */

import { mountBottomBar, mountTopBar } from "./bar.js";
import { mountLaneControls } from "./lanecontrols.js";
import { connectLive } from "./live.js";
import { mountPanel } from "./panel.js";
import { mountFold, mountTools } from "./tools.js";

export { openPalette } from "./palette.js";

/** Mount all controls; returns what stops them. */
export function mountControls(root, context) {
  const part = (selector) => document.querySelector(selector);
  return [
    mountTopBar(part(".wb-bar"), context),
    mountBottomBar(part(".wb-foot"), context),
    mountTools(part(".wb-tools"), context),
    mountFold(part(".wb-bar"), root),
    mountPanel(part(".wb-panel"), context),
    mountLaneControls(part(".wb-lane-heads"), context),
    connectLive(context),
  ];
}
