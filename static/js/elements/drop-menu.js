/** `<drop-menu><details>…</details></drop-menu>`: closes on Escape, on leaving and on a click outside. */

class DropMenu extends HTMLElement {
  #stop;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    document.addEventListener("pointerdown", (event) => this.#closeUnless(event.target), { signal });
    this.addEventListener("focusout", (event) => this.#left(event), { signal });
    this.addEventListener("keydown", (event) => this.#keyed(event), { signal });
  }

  disconnectedCallback() {
    this.#stop.abort();
  }

  get #details() {
    return this.querySelector("details");
  }

  #closeUnless(target) {
    if (!this.contains(target)) this.#details.open = false;
  }

  #left(event) {
    if (event.relatedTarget) this.#closeUnless(event.relatedTarget);
  }

  #keyed(event) {
    if (event.key !== "Escape" || !this.#details.open) return;
    event.stopPropagation();
    this.#details.open = false;
    this.querySelector("summary").focus();
  }
}

customElements.define("drop-menu", DropMenu);
