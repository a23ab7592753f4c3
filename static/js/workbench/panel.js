/** The panel at the right: the tags in view, and the one that is selected. */

import { h } from "./dom.js";
import { mountTagForm } from "./tagform.js";
import { mountTagList } from "./taglist.js";

export function mountPanel(root, context) {
  const panel = h("div.tag-panel");
  root.append(panel);
  mountTagList(panel, context);
  mountTagForm(panel, context);
}
