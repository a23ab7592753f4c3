/**
 * `<toast-list>`: short messages, with Undo where there is one. They come with the page, by the
 * event `toast:told` (`detail: {text, undo?, danger?}`, also as an `HX-Trigger` header), and when
 * a request never reaches the server.
 */

const STAYS_MS = 12_000;

class ToastList extends HTMLElement {
  #stop;
  #timers = new Map();

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    document.addEventListener("toast:told", (event) => this.#told(event.detail), { signal });
    document.addEventListener("htmx:error", (event) => this.#failed(event.detail), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("pointerenter", () => this.#hold(), { signal });
    this.addEventListener("pointerleave", () => this.#letGo(), { signal });
    this.#letGo();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#hold();
  }

  #told(detail) {
    for (const message of detail.messages ?? [detail]) this.append(this.#toast(message));
    this.#letGo();
  }

  #failed(detail) {
    if (detail?.error?.name === "AbortError") return;
    const text = "The server did not answer. What you see is as it was; try again.";
    this.#told({ text, danger: true });
  }

  #clicked(event) {
    if (event.target.closest("[data-close]")) event.target.closest(".toast").remove();
  }

  #hold() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #letGo() {
    for (const toast of this.querySelectorAll(".toast")) {
      if (this.#timers.has(toast)) continue;
      const timer = setTimeout(() => toast.contains(document.activeElement) || toast.remove(), STAYS_MS);
      this.#timers.set(toast, timer);
    }
  }

  #toast({ text, undo = null, danger = false }) {
    const toast = document.querySelector("#toast-template").content.firstElementChild.cloneNode(true);
    toast.classList.toggle("danger", danger);
    toast.querySelector("p").textContent = text;
    const form = toast.querySelector("form");
    if (undo) form.action = undo;
    else form.remove();
    return toast;
  }
}

customElements.define("toast-list", ToastList);
