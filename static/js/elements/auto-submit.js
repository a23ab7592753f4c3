/** `<auto-submit><form>…</form></auto-submit>`: a filter form that is sent as it is changed. */

const PAUSE_MS = 300;
const TYPED = "input[type=search], input[type=text], input[type=number]";

class AutoSubmit extends HTMLElement {
  #stop;
  #timer;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.addEventListener("change", (event) => this.#changed(event), { signal });
    this.addEventListener("input", (event) => this.#typed(event), { signal });
    this.addEventListener("submit", () => clearTimeout(this.#timer), { signal });
    this.addEventListener("htmx:config:request", (event) => dropEmpty(event.detail.ctx.request.body), {
      signal,
    });
    for (const button of this.querySelectorAll("[data-without-script]")) button.hidden = true;
  }

  disconnectedCallback() {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  #changed(event) {
    if (!event.target.matches(TYPED)) this.querySelector("form").requestSubmit();
  }

  #typed(event) {
    if (event.isComposing || !event.target.matches(TYPED)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.querySelector("form").requestSubmit(), PAUSE_MS);
  }
}

/** An address names only the filters that are set. */
function dropEmpty(body) {
  for (const [name, value] of [...(body?.entries() ?? [])]) {
    if (value === "") body.delete(name);
  }
}

customElements.define("auto-submit", AutoSubmit);
