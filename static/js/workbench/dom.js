/** Build elements in a few words: `h("button.quiet", {type: "button"}, "Undo")`. */

import { icon } from "./icons.js";

/** "tag.class.class", attributes (on… are listeners, .name are properties), children. */
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  setAttributes(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Set, or with null and false remove, attributes; say nothing where nothing changes. */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith(".")) element[name.slice(1)] = value;
    else if ([null, undefined, false].includes(value)) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
}

/** Put text only where it differs, so that nothing is laid out for nothing. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Show another icon in a button; the first svg of it is replaced. */
export function changeIcon(button, name) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  button.querySelector("svg")?.replaceWith(icon(name));
}

/** A button that only shows an icon; its name is read aloud and shown on hover with its key. */
export function iconButton(name, label, onclick, { key = "", ...attributes } = {}) {
  const title = key ? `${label} (${key})` : label;
  const all = { type: "button", "aria-label": label, title, onclick, ...attributes };
  const button = h("button.button.quiet.icon-only", all, icon(name));
  button.dataset.icon = name;
  return button;
}

/** A round swatch of a class's colour. */
export function swatch(colour) {
  const dot = h("span.dot", { "aria-hidden": "true" });
  dot.style.background = colour;
  return dot;
}

/** Call a function at most once a frame, with nothing but the wish to be up to date. */
export function eachFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}
