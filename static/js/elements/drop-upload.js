/**
 * `<drop-upload action="…" accept="…">` around a form with a file field: many files at once, by
 * drag and drop too, folders included; a progress bar each, two at a time. Each file goes as the
 * body of a request of its own to `action?name=…&folder=…`; the answer is a small part to show.
 * When all is done, `upload:finished` bubbles, so that htmx can refresh the list.
 */

import { formatBytes } from "../lib/bytes.js";
import { filesOf } from "../lib/dropped.js";

const AT_ONCE = 2;

class DropUpload extends HTMLElement {
  #stop;
  #waiting = [];
  #running = new Set();
  #depth = 0;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const drop = this.querySelector(".drop");
    drop.addEventListener("dragenter", (event) => this.#hover(event, 1), { signal });
    drop.addEventListener("dragleave", (event) => this.#hover(event, -1), { signal });
    drop.addEventListener("dragover", (event) => event.preventDefault(), { signal });
    drop.addEventListener("drop", (event) => this.#dropped(event), { signal });
    this.querySelector("input[type=file]").addEventListener("change", (event) => this.#chosen(event), { signal });
    addEventListener("beforeunload", (event) => this.#running.size && event.preventDefault(), { signal });
    for (const part of this.querySelectorAll("[data-without-script]")) part.hidden = true;
  }

  disconnectedCallback() {
    this.#stop.abort();
    for (const request of this.#running) request.abort();
  }

  #hover(event, by) {
    event.preventDefault();
    this.#depth = Math.max(0, this.#depth + by);
    this.classList.toggle("over", this.#depth > 0);
  }

  async #dropped(event) {
    event.preventDefault();
    this.#depth = 0;
    this.classList.remove("over");
    this.#add(await filesOf(event.dataTransfer));
  }

  #chosen(event) {
    const files = [...event.target.files].map((file) => ({
      file,
      folder: file.webkitRelativePath.split("/").slice(0, -1).join("/"),
    }));
    event.target.value = "";
    this.#add(files);
  }

  #add(files) {
    for (const entry of files) this.#waiting.push({ ...entry, row: this.#row(entry) });
    this.#next();
  }

  #row({ file }) {
    const row = document.createElement("li");
    row.innerHTML = `<span class="name"></span><progress max="1" value="0"></progress>
      <span class="words" role="status"></span>
      <button type="button" class="button quiet icon-only" aria-label="Stop">×</button>`;
    const name = row.querySelector(".name");
    name.textContent = name.title = file.name;
    row.querySelector("progress").setAttribute("aria-label", file.name);
    row.querySelector(".words").textContent = `waiting, ${formatBytes(file.size)}`;
    row.querySelector("button").addEventListener("click", () => this.#dismiss(row));
    this.querySelector(".uploads").append(row);
    return row;
  }

  #dismiss(row) {
    this.#waiting = this.#waiting.filter((entry) => entry.row !== row);
    row.dispatchEvent(new Event("upload:stop"));
    row.remove();
  }

  #next() {
    while (this.#running.size < AT_ONCE && this.#waiting.length) this.#send(this.#waiting.shift());
  }

  #send({ file, folder, row }) {
    if (file.size === 0) return this.#refuse(row, "The file is empty.");
    const request = new XMLHttpRequest();
    this.#running.add(request);
    row.addEventListener("upload:stop", () => request.abort());
    const url = new URL(this.getAttribute("action"), location.href);
    url.searchParams.set("name", file.name);
    const base = this.querySelector("form").elements.folder?.value ?? "";
    url.searchParams.set("folder", [base, folder].filter(Boolean).join("/"));
    request.open("POST", url);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]").content);
    request.upload.addEventListener("progress", (event) => this.#progress(row, event));
    request.addEventListener("load", () => this.#loaded(row, request));
    request.addEventListener("error", () => this.#refuse(row, "The connection broke. Add the file again."));
    request.addEventListener("loadend", () => this.#ended(request));
    request.send(file);
    return undefined;
  }

  #progress(row, { loaded, total }) {
    row.querySelector("progress").value = loaded / total;
    const words = row.querySelector(".words");
    words.textContent =
      loaded < total ? `${Math.floor((100 * loaded) / total)} % of ${formatBytes(total)}` : "reading…";
  }

  #loaded(row, request) {
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    const part = answer.querySelector("[data-upload]");
    if (request.status >= 400 || !part) {
      const reason = answer.querySelector("#sign-in-form")
        ? "You are signed out. Sign in, then add the file again."
        : answer.querySelector("[data-reason]")?.textContent.trim();
      return this.#refuse(row, reason || `The server said no (${request.status}).`);
    }
    row.querySelector("progress").replaceWith(...part.querySelectorAll("[data-state]"));
    row.querySelector(".name").replaceChildren(part.querySelector("a"));
    row.querySelector(".words").textContent = part.querySelector("[data-words]").textContent.trim();
    row.querySelector("button").setAttribute("aria-label", "Put away");
    return undefined;
  }

  #refuse(row, reason) {
    row.classList.add("refused");
    row.querySelector("progress")?.remove();
    const name = row.querySelector(".name").textContent;
    row.querySelector(".words").textContent = reason.replace(`${name}: `, "");
    row.querySelector("button").setAttribute("aria-label", "Put away");
  }

  #ended(request) {
    this.#running.delete(request);
    this.#next();
    if (this.#running.size === 0) {
      this.dispatchEvent(new CustomEvent("upload:finished", { bubbles: true }));
    }
  }
}

customElements.define("drop-upload", DropUpload);
