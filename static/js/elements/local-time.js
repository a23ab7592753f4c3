/**
 * `<local-time><time datetime="…Z">…</time></local-time>`: the moment in the reader's own zone,
 * also when a part of the page that is morphed brings another moment.
 */

const words = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

class LocalTime extends HTMLElement {
  #watch;

  connectedCallback() {
    this.#show();
    this.#watch = new MutationObserver(() => this.#show());
    this.#watch.observe(this, { childList: true, characterData: true, subtree: true });
  }

  disconnectedCallback() {
    this.#watch.disconnect();
  }

  #show() {
    const time = this.querySelector("time");
    const moment = new Date(time?.dateTime ?? "");
    if (Number.isNaN(moment.getTime())) return;
    const here = words.format(moment).replace(",", "");
    if (time.textContent === here) return; // It was we who changed it.
    time.title = time.textContent.trim();
    time.textContent = here;
  }
}

customElements.define("local-time", LocalTime);
