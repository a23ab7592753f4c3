/** `<theme-switch><button>…</button></theme-switch>`: dark or light, kept for this browser. */

const KEY = "tagstore.theme";

export function currentTheme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen) return chosen;
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

class ThemeSwitch extends HTMLElement {
  #stop;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.hidden = false;
    this.addEventListener("click", () => this.#toggle(), { signal });
    addEventListener("storage", (event) => this.#follow(event), { signal });
    matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => this.#show(), {
      signal,
    });
    this.#show();
  }

  disconnectedCallback() {
    this.#stop.abort();
  }

  #toggle() {
    const theme = currentTheme() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Storage is off: the choice lasts for this page.
    }
    this.#show();
    this.dispatchEvent(new CustomEvent("theme:changed", { bubbles: true, detail: { theme } }));
  }

  #follow(event) {
    if (event.key !== KEY) return;
    if (event.newValue) document.documentElement.dataset.theme = event.newValue;
    this.#show();
  }

  #show() {
    const dark = currentTheme() === "dark";
    const button = this.querySelector("button");
    button?.setAttribute("aria-label", dark ? "Use the light theme" : "Use the dark theme");
    button?.setAttribute("title", dark ? "Light theme" : "Dark theme");
  }
}

customElements.define("theme-switch", ThemeSwitch);
