/**
 * `<confirm-name name="frogs" question="…"><form>…</form></confirm-name>`: before its form is
 * sent, a dialog asks for the name. Only for what cannot be undone.
 */

class ConfirmName extends HTMLElement {
  #stop;
  #sure = false;

  connectedCallback() {
    this.#stop = new AbortController();
    const options = { signal: this.#stop.signal, capture: true };
    this.addEventListener("submit", (event) => this.#ask(event), options);
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.querySelector("dialog")?.remove();
  }

  #ask(event) {
    if (this.#sure || event.target.method === "dialog") return;
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    const dialog = this.#dialog(event.submitter?.textContent.trim() || "Go on");
    dialog.addEventListener("close", () => this.#answer(dialog, form), { once: true });
    this.append(dialog);
    dialog.showModal();
    dialog.querySelector("input").focus();
  }

  #answer(dialog, form) {
    const agreed = dialog.returnValue === "yes";
    dialog.remove();
    if (!agreed) return;
    this.#sure = true;
    form.requestSubmit();
    this.#sure = false;
  }

  #dialog(act) {
    const name = this.getAttribute("name") ?? "";
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "confirm-name-question");
    dialog.innerHTML = `
      <form method="dialog">
        <h2 id="confirm-name-question"></h2>
        <p class="field"><label for="confirm-name-field"></label>
          <input id="confirm-name-field" autocomplete="off" spellcheck="false" required></p>
        <p class="acts"><button class="button" value="" formnovalidate>Cancel</button>
          <button class="button danger" value="yes" disabled></button></p>
      </form>`;
    dialog.querySelector("h2").textContent = this.getAttribute("question") ?? "This stays done.";
    dialog.querySelector("label").textContent = `Type “${name}” to go on`;
    const yes = dialog.querySelector("[value=yes]");
    yes.textContent = act;
    const field = dialog.querySelector("input");
    field.addEventListener("input", () => (yes.disabled = field.value !== name));
    field.addEventListener("keydown", (event) => this.#entered(event, yes));
    return dialog;
  }

  #entered(event, yes) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!yes.disabled) yes.click();
  }
}

customElements.define("confirm-name", ConfirmName);
