/** What every page loads: the custom elements. The browser upgrades whatever htmx swaps in. */
import "./elements/theme-switch.js";
import "./elements/drop-menu.js";
import "./elements/drop-files.js";
import "./elements/drop-upload.js";
import "./elements/copy-button.js";
import "./elements/keep-open.js";
import "./elements/local-time.js";
import "./elements/auto-submit.js";
import "./elements/pick-rows.js";
import "./elements/toast-list.js";
