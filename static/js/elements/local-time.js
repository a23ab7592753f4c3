/** `<local-time><time datetime="…Z">…</time></local-time>`: the moment in the reader's own zone. */

const words = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

class LocalTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const moment = new Date(time?.dateTime ?? "");
    if (Number.isNaN(moment.getTime())) return;
    time.title ||= time.textContent.trim();
    time.textContent = words.format(moment).replace(",", "");
  }
}

customElements.define("local-time", LocalTime);
