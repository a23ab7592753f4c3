/** What elements have in common onto which files are dropped. */

import { filesOf } from "../lib/dropped.js";

/** Let files be dropped onto a zone of an element, which is `over` meanwhile, until the signal. */
export function takeDrops(element, zone, signal, take) {
  let depth = 0;
  const hover = (event, by) => {
    event.preventDefault();
    depth = Math.max(0, depth + by);
    element.classList.toggle("over", depth > 0);
  };
  zone.addEventListener("dragenter", (event) => hover(event, 1), { signal });
  zone.addEventListener("dragleave", (event) => hover(event, -1), { signal });
  zone.addEventListener("dragover", (event) => event.preventDefault(), { signal });
  zone.addEventListener("drop", async (event) => {
    hover(event, -depth);
    take(await filesOf(event.dataTransfer));
  }, { signal });
}
