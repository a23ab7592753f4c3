/** `<keep-open name="…"><details>…</details></keep-open>`: open as before when htmx draws it anew. */

const opened = new Set();

class KeepOpen extends HTMLElement {
  #stop;

  connectedCallback() {
    this.#stop = new AbortController();
    const name = this.getAttribute("name");
    const details = this.querySelector("details");
    details.open ||= opened.has(name);
    const keep = () => (details.open ? opened.add(name) : opened.delete(name));
    details.addEventListener("toggle", keep, { signal: this.#stop.signal });
  }

  disconnectedCallback() {
    this.#stop.abort();
  }
}

customElements.define("keep-open", KeepOpen);
