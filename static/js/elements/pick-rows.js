/**
 * `<pick-rows>`: a list with a checkbox `name=ids` a row. Shift picks a stretch, `[data-all]` picks
 * everything, `[data-count]` says how many, and `[data-acts]` shows while there are any.
 */

class PickRows extends HTMLElement {
  #stop;
  #last = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("change", (event) => this.#changed(event), { signal });
    this.#show();
  }

  disconnectedCallback() {
    this.#stop.abort();
  }

  get #boxes() {
    return [...this.querySelectorAll("input[name=ids]")];
  }

  #clicked(event) {
    if (!event.target.matches("input[name=ids]")) return;
    const boxes = this.#boxes;
    const [from, to] = [boxes.indexOf(this.#last), boxes.indexOf(event.target)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) {
      for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
    }
    this.#last = event.target;
    this.#show();
  }

  #changed(event) {
    if (event.target.matches("[data-all]")) {
      for (const box of this.#boxes) box.checked = event.target.checked;
    }
    this.#show();
  }

  #show() {
    const boxes = this.#boxes;
    const picked = boxes.filter((box) => box.checked).length;
    const all = this.querySelector("[data-all]");
    if (all) {
      all.checked = picked > 0 && picked === boxes.length;
      all.indeterminate = picked > 0 && picked < boxes.length;
    }
    for (const part of this.querySelectorAll("[data-acts]")) part.hidden = picked === 0;
    for (const part of this.querySelectorAll("[data-count]")) part.textContent = `${picked} selected`;
  }
}

customElements.define("pick-rows", PickRows);
