/** The two bars of the workbench. */

export { mountBottomBar } from "./bottombar.js";
export { mountTopBar } from "./topbar.js";
