/** "Use it from a script": the server words what is in view as a call of its API. */

import { formatAddress } from "../lib/address.js";
import { filterParams } from "../lib/tagfilter.js";
import { viewLimits } from "../lib/timescale.js";
import { h, iconButton } from "./dom.js";

/** A button that shows how a script reads the tags in view, filtered as they are. */
export function scriptButton({ state, tags }) {
  return iconButton("code", "Use it from a script", () => openScripts(addressOf(state, tags)));
}

function addressOf({ get }, tags) {
  const { media, view } = get();
  const shown = media.kind === "image" ? null : view;
  const params = new URLSearchParams(formatAddress(shown, null, viewLimits(media)));
  for (const [name, value] of Object.entries(filterParams(tags.filter))) params.set(name, value);
  return `/media/${media.id}/script?${params}`;
}

/** Show them in a dialog; as a page of their own when they cannot be had. */
async function openScripts(address) {
  if (document.querySelector("dialog.script-dialog")) return;
  const part = await fetchPart(address).catch(() => null);
  if (part === null) {
    location.assign(address);
    return;
  }
  const close = h("button.button", { type: "button", onclick: () => dialog.close() }, "Close");
  const labelled = { "aria-labelledby": "script-title" };
  const dialog = h("dialog.script-dialog", labelled, part, h("div.acts", {}, close));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}

async function fetchPart(address) {
  const answer = await fetch(address, {
    credentials: "same-origin",
    headers: { "HX-Request": "true" },
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.getElementById("media-script");
}
