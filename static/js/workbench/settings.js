/** How the spectrogram is computed and painted, and whether shortcut keys are on; remembered. */

import { COLOUR_MAPS } from "../lib/colours.js";
import { h, iconButton } from "./dom.js";

const KEY = "tagstore.spectrogram";
const KEYS_KEY = "tagstore.keys";
const REMEMBERED = ["n_fft", "overlap", "window", "scale", "map", "contrast", "brightness"];
const DEFAULTS = {
  n_fft: 1024,
  overlap: 0.5,
  window: "hann",
  scale: "linear",
  map: "inferno",
  contrast: 1,
  brightness: 0,
};
const CHOICES = {
  n_fft: [128, 256, 512, 1024, 2048, 4096, 8192, 16384].map((n) => [n, String(n)]),
  overlap: [0.5, 0.75, 0.875].map((share) => [share, `${share * 100} %`]),
  window: ["hann", "hamming", "blackman", "rectangular"].map((name) => [name, capital(name)]),
  scale: [
    ["linear", "Linear"],
    ["log", "Logarithmic"],
    ["mel", "Mel"],
  ],
  map: COLOUR_MAPS.map((name) => [name, capital(name)]),
};

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}

function isValid(name, value) {
  const choices = CHOICES[name]?.map(([choice]) => choice);
  return choices ? choices.includes(value) : Number.isFinite(value);
}

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

/** The settings of the last visit, for `state.spectrogram`; nothing that makes no sense. */
export function rememberedSettings() {
  const known = stored(KEY);
  const valid = REMEMBERED.filter((name) => isValid(name, known[name]));
  return Object.fromEntries(valid.map((name) => [name, known[name]]));
}

export function shortcutsAreOn() {
  return localStorage.getItem(KEYS_KEY) !== "off";
}

/** Change some settings and remember them, except the channel, which is the file's. */
export function changeSettings(state, changes) {
  const spectrogram = { ...state.get().spectrogram, ...changes };
  const kept = Object.fromEntries(REMEMBERED.map((name) => [name, spectrogram[name]]));
  localStorage.setItem(KEY, JSON.stringify(kept));
  state.set({ spectrogram });
}

/** A select of one setting that follows the state. */
export function settingSelect(state, name, label) {
  const options = CHOICES[name].map(([value, text]) => h("option", { value }, text));
  const select = h("select", { "aria-label": label, title: label }, ...options);
  select.addEventListener("change", () => {
    const [value] = CHOICES[name][select.selectedIndex];
    changeSettings(state, { [name]: value });
  });
  const follow = () => (select.value = String(state.get().spectrogram[name]));
  state.subscribe(["spectrogram"], follow);
  follow();
  return select;
}

function slider(state, name, label, { min, max, step }) {
  const input = h("input", { type: "range", min, max, step, "aria-label": label });
  input.addEventListener("input", () => changeSettings(state, { [name]: Number(input.value) }));
  const follow = () => (input.value = String(state.get().spectrogram[name]));
  state.subscribe(["spectrogram"], follow);
  follow();
  return input;
}

function channelSelect(state) {
  const { channels } = state.get().media;
  const numbers = Array.from({ length: channels ?? 1 }, (_, index) => index + 1);
  const options = numbers.map((number) => h("option", { value: number }, String(number)));
  const select = h("select", { "aria-label": "Channel" }, ...options);
  select.value = String(state.get().spectrogram.channel);
  select.addEventListener("change", () => {
    state.set({ spectrogram: { ...state.get().spectrogram, channel: Number(select.value) } });
  });
  return select;
}

function shortcutSwitch() {
  const box = h("input", { type: "checkbox", ".checked": shortcutsAreOn() });
  box.addEventListener("change", () => {
    localStorage.setItem(KEYS_KEY, box.checked ? "on" : "off");
    dispatchEvent(new CustomEvent("shortcuts:changed"));
  });
  return h("label.check", {}, box, "Shortcut keys");
}

const row = (label, control) => h("label.setting", {}, h("span", {}, label), control);

/** A button and its popover with every setting. */
export function settingsButton({ state }) {
  const contrast = slider(state, "contrast", "Contrast", { min: 0.5, max: 3, step: 0.05 });
  const brightness = slider(state, "brightness", "Brightness", { min: -1, max: 1, step: 0.02 });
  const reset = h("button.button.quiet", { type: "button" }, "Reset");
  reset.addEventListener("click", () => changeSettings(state, DEFAULTS));
  const panel = h(
    "div.settings",
    { popover: "auto", role: "dialog", "aria-label": "Spectrogram settings" },
    row("FFT size", settingSelect(state, "n_fft", "FFT size")),
    row("Overlap", settingSelect(state, "overlap", "Overlap")),
    row("Window", settingSelect(state, "window", "Window")),
    row("Channel", channelSelect(state)),
    row("Scale", settingSelect(state, "scale", "Frequency scale")),
    row("Colours", settingSelect(state, "map", "Colours")),
    row("Contrast", contrast),
    row("Brightness", brightness),
    h("div.setting", {}, shortcutSwitch(), reset),
  );
  const button = iconButton("sliders", "Spectrogram settings", () => panel.togglePopover());
  button.setAttribute("aria-haspopup", "dialog");
  panel.addEventListener("toggle", (event) => {
    button.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "open") above(panel, button);
  });
  return h("span.settings-holder", {}, button, panel);
}

/** Put a popover above its button, inside the window. */
function above(panel, button) {
  const anchor = button.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  panel.style.left = `${Math.max(8, Math.min(anchor.right - width, innerWidth - width - 8))}px`;
  panel.style.top = `${Math.max(8, anchor.top - height - 8)}px`;
}
