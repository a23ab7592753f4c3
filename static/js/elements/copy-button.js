/** `<copy-button value="…"><button>Copy</button></copy-button>`: puts its value on the clipboard. */

const SHOWN_MS = 2000;

class CopyButton extends HTMLElement {
  #stop;
  #timer;

  connectedCallback() {
    this.#stop = new AbortController();
    this.addEventListener("click", () => this.#copy(), { signal: this.#stop.signal });
  }

  disconnectedCallback() {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  async #copy() {
    const text = this.getAttribute("value") ?? "";
    const done = navigator.clipboard
      ? await navigator.clipboard.writeText(text).then(
          () => true,
          () => false,
        )
      : copyByHand(text);
    const button = this.querySelector("button");
    const before = (this.dataset.label ??= button.textContent.trim());
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    button.classList.toggle("done", done);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      button.textContent = before;
      button.classList.remove("done");
    }, SHOWN_MS);
  }
}

/** Plain HTTP has no clipboard API, and laboratories run plain HTTP. */
function copyByHand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

customElements.define("copy-button", CopyButton);
