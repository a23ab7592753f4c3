/**
 * `<drop-upload project="…" piece="…">` around a form with a file field: many files at once, by
 * drag and drop too, folders included; a progress bar each, two at a time. Each can be paused and
 * goes on where it was, also when the line broke or the page was left: what is waiting for its file
 * is shown. When all is done, `upload:finished` bubbles, so that htmx can refresh the list.
 */

import { formatBytes } from "../lib/bytes.js";
import { send } from "../lib/sending.js";
import { takeDrops } from "./taking-drops.js";

const AT_ONCE = 2;
const API = "/api/v1/uploads";

class DropUpload extends HTMLElement {
  #stop;
  #waiting = [];
  #running = new Set();

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    takeDrops(this, this.querySelector(".drop"), signal, (files) => this.#add(files));
    this.querySelector("input[type=file]").addEventListener("change", (event) => this.#chosen(event), { signal });
    addEventListener("beforeunload", (event) => this.#running.size && event.preventDefault(), { signal });
    addEventListener("online", () => this.#goOnWithBroken(), { signal });
    for (const part of this.querySelectorAll("[data-without-script]")) part.hidden = true;
    this.#showLeft(signal);
  }

  disconnectedCallback() {
    this.#stop.abort();
    for (const entry of this.#running) entry.upload?.abort();
  }

  get #project() {
    return this.getAttribute("project");
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
    const base = this.querySelector("form").elements.folder?.value ?? "";
    for (const { file, folder } of files) {
      const row = this.#row(file.name);
      const entry = { file, folder: [base, folder].filter(Boolean).join("/"), row };
      row.querySelector("[data-pause]").addEventListener("click", () => this.#toggle(entry));
      row.querySelector("[data-stop]").addEventListener("click", () => this.#dismiss(entry));
      this.#say(row, `waiting, ${formatBytes(file.size)}`);
      this.#waiting.push(entry);
    }
    this.#next();
  }

  #row(name) {
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true);
    const shown = row.querySelector(".name");
    shown.textContent = shown.title = name;
    row.querySelector("progress").setAttribute("aria-label", name);
    for (const button of row.querySelectorAll("button")) {
      button.setAttribute("aria-label", `${button.title} ${name}`);
    }
    const list = this.querySelector(".uploads");
    list.insertBefore(row, list.querySelector(".left"));
    return row;
  }

  #say(row, words) {
    row.querySelector(".words").textContent = words;
  }

  /** Show what an earlier page or another computer has left half-way. */
  async #showLeft(signal) {
    const answer = await fetch(`${API}?limit=100`, { signal }).catch(() => null);
    if (!answer?.ok) return;
    const { items } = await answer.json();
    for (const upload of items.filter((each) => each.project === this.#project)) {
      const row = this.#row(upload.name);
      row.dataset.left = `${API}/${upload.id}`;
      row.classList.add("left");
      row.querySelector("progress").value = upload.offset / upload.length;
      this.#say(row, `${share(upload.offset, upload.length)} is here. Choose the file again to go on.`);
      row.querySelector("[data-pause]").remove();
      row.querySelector("[data-stop]").addEventListener("click", () => this.#end(row));
    }
  }

  async #end(row) {
    const headers = { "X-CSRFToken": this.#csrf };
    const answer = await fetch(row.dataset.left, { method: "DELETE", headers }).catch(() => null);
    if (answer?.ok || answer?.status === 404) row.remove();
    else this.#say(row, "It could not be ended now. Try again.");
  }

  get #csrf() {
    return document.querySelector("meta[name=csrf-token]").content;
  }

  #next() {
    while (this.#running.size < AT_ONCE && this.#waiting.length) this.#send(this.#waiting.shift());
  }

  async #send(entry) {
    const { file, folder, row } = entry;
    if (file.size === 0) return this.#refuse(row, "The file is empty.");
    this.#running.add(entry);
    this.#mark(row, "going");
    this.#say(row, share(row.querySelector("progress").value * file.size, file.size));
    if (entry.upload) return entry.upload.start();
    const piece = Number(this.getAttribute("piece"));
    entry.upload = await send(file, { project: this.#project, folder, piece, csrf: this.#csrf }, {
      begun: (url) => this.querySelector(`[data-left="${new URL(url, location).pathname}"]`)?.remove(),
      moved: (sent, size) => this.#moved(entry, sent, size),
      done: (url) => this.#done(entry, url),
      failed: (why) => this.#failed(entry, why),
    });
    if (entry.isStopped) entry.upload.abort(true).catch(() => {});
    return undefined;
  }

  #moved({ row, upload }, sent, size) {
    if (row.dataset.state !== "going") return;
    row.querySelector("progress").value = sent / size;
    this.#say(row, sent < size || !upload ? share(sent, size) : "reading…");
  }

  /** Pause what is going, go on with what is paused. */
  #toggle(entry) {
    if (entry.row.dataset.state !== "going") {
      this.#waiting.unshift(entry);
      this.#say(entry.row, "waiting");
      this.#mark(entry.row, "waiting");
      this.#next();
      return;
    }
    entry.upload?.abort();
    this.#mark(entry.row, "paused");
    const { value } = entry.row.querySelector("progress");
    this.#say(entry.row, `paused at ${Math.floor(100 * value)} %`);
    this.#ended(entry);
  }

  #mark(row, state) {
    row.dataset.state = state;
    const button = row.querySelector("[data-pause]");
    button.hidden = state === "waiting";
    button.title = state === "going" ? "Pause" : "Go on";
    button.setAttribute("aria-label", `${button.title} ${row.querySelector(".name").textContent}`);
  }

  #goOnWithBroken() {
    for (const row of this.querySelectorAll("[data-state=broken]")) row.querySelector("[data-pause]").click();
  }

  async #done(entry, url) {
    const { row } = entry;
    this.#say(row, "reading…");
    const answer = await fetch(`/uploads/${url.split("/").at(-1)}`).catch(() => null);
    const page = new DOMParser().parseFromString((await answer?.text()) ?? "", "text/html");
    const part = page.querySelector("[data-upload]");
    row.dataset.state = "done";
    row.querySelector("[data-pause]").remove();
    if (part) {
      row.querySelector("progress").replaceWith(...part.querySelectorAll("[data-state]"));
      row.querySelector(".name").replaceChildren(part.querySelector("a"));
      this.#say(row, part.querySelector("[data-words]").textContent.trim());
    } else {
      row.querySelector("progress").remove();
      this.#say(row, "added");
    }
    this.#putAway(row);
    this.#ended(entry);
  }

  #failed(entry, { words, canGoOn }) {
    const { row } = entry;
    if (canGoOn) {
      this.#mark(row, "broken");
      const { value } = row.querySelector("progress");
      this.#say(row, `${words} ${Math.floor(100 * value)} % is kept.`);
    } else {
      this.#refuse(row, words);
    }
    this.#ended(entry);
  }

  #refuse(row, reason) {
    row.classList.add("refused");
    row.dataset.state = "refused";
    row.querySelector("progress")?.remove();
    row.querySelector("[data-pause]")?.remove();
    const name = row.querySelector(".name").textContent;
    this.#say(row, reason.replace(`${name}: `, ""));
    this.#putAway(row);
  }

  #putAway(row) {
    const button = row.querySelector("[data-stop]");
    button.title = "Put away";
    button.setAttribute("aria-label", `Put away ${row.querySelector(".name").textContent}`);
  }

  /** Take a row away; what was on its way is ended, and its bytes are removed. */
  #dismiss(entry) {
    this.#waiting = this.#waiting.filter((each) => each !== entry);
    const { state } = entry.row.dataset;
    if (state !== "done" && state !== "refused") {
      entry.isStopped = true;
      entry.upload?.abort(true).catch(() => {});
    }
    entry.row.remove();
    this.#ended(entry);
  }

  #ended(entry) {
    if (!this.#running.delete(entry)) return;
    this.#next();
    if (this.#running.size === 0) {
      this.dispatchEvent(new CustomEvent("upload:finished", { bubbles: true }));
    }
  }
}

function share(part, whole) {
  return `${Math.floor((100 * part) / whole)} % of ${formatBytes(whole)}`;
}

customElements.define("drop-upload", DropUpload);
