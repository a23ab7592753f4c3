/**
 * `<drop-files>` around a form with a file field: what is chosen or dropped, whole folders too, is
 * sent at once, with a bar, and the page that the server leads to is opened. A file of a folder
 * keeps the folder in its name.
 */

import { formatBytes } from "../lib/bytes.js";
import { takeDrops } from "./taking-drops.js";

const MOST = 900;

class DropFiles extends HTMLElement {
  #stop;
  #request = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    takeDrops(this, this.querySelector(".drop"), signal, (files) => this.#send(files));
    this.querySelector("input[type=file]").addEventListener("change", (event) => this.#chosen(event), { signal });
    for (const part of this.querySelectorAll("[data-without-script]")) part.hidden = true;
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#request?.abort();
  }

  #chosen(event) {
    const files = [...event.target.files].map((file) => ({ file, folder: "" }));
    event.target.value = "";
    this.#send(files);
  }

  #send(files) {
    if (!files.length || this.#request) return;
    if (files.length > MOST) {
      this.#say(`These are ${files.length.toLocaleString("en")} files. Put more than ${MOST} into a zip.`, true);
      return;
    }
    const form = this.querySelector("form");
    const body = new FormData(form);
    body.delete("files");
    for (const { file, folder } of files) {
      body.append("files", file, folder ? `${folder}/${file.name}` : file.name);
    }
    const request = new XMLHttpRequest();
    this.#request = request;
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = ({ loaded, total }) => this.#moved(loaded, total);
    request.onload = () => this.#answered(request);
    request.onerror = () => this.#failed("The line broke. Nothing was taken; choose the files again.");
    this.#moved(0, files.reduce((sum, { file }) => sum + file.size, 0));
    request.send(body);
  }

  #moved(sent, whole) {
    const bar = this.querySelector(".sending");
    bar.hidden = false;
    bar.querySelector("progress").value = whole ? sent / whole : 1;
    const share = whole ? Math.floor((100 * sent) / whole) : 100;
    this.#say(`${share} % of ${formatBytes(whole)}`);
  }

  #answered(request) {
    this.#request = null;
    const goal = request.status < 400 ? request.responseURL : request.getResponseHeader("HX-Redirect");
    if (goal) location.assign(goal);
    else this.#say(refusal(request), true);
  }

  #failed(words) {
    this.#request = null;
    this.#say(words, true);
  }

  #say(words, isFault = false) {
    const bar = this.querySelector(".sending");
    bar.hidden = false;
    bar.querySelector("progress").hidden = isFault;
    const said = bar.querySelector("[role=status]");
    said.textContent = words;
    said.classList.toggle("fault", isFault);
  }
}

/** Why the server did not take it, in its own words. */
function refusal(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const words = page.querySelector("[role=alert]")?.textContent;
  const said = JSON.parse(request.getResponseHeader("HX-Trigger") ?? "{}")["toast:told"];
  return words || said?.messages[0]?.text || "It was not taken. Try again.";
}

customElements.define("drop-files", DropFiles);
