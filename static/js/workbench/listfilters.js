/** The filters above the list of tags: words, class and tag set. */

import { h } from "./dom.js";

const PAUSE_MS = 200;

export function listFilters({ state, tags }) {
  const words = h("input", {
    type: "search",
    placeholder: "Filter…",
    "aria-label": "Filter the tags by words",
  });
  let timer = null;
  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => tags.setFilter({ text: words.value.trim() }), PAUSE_MS);
  });
  const classes = filterSelect("class", "Class", (id) => tags.setFilter({ class_id: id }));
  const tagSets = filterSelect("track", "Track", (id) => tags.setFilter({ tag_set_id: id }));
  const fill = () => {
    const known = state.get();
    classes.fill(known.classes.map((one) => [one.id, one.label || one.identifier]));
    tagSets.fill(known.tagSets.map((one) => [one.id, one.label || one.name]));
  };
  state.subscribe(["classes", "tagSets"], fill);
  fill();
  tags.addEventListener("change", () => {
    const { text, class_id, tag_set_id } = tags.filter;
    if (document.activeElement !== words) words.value = text;
    classes.element.value = class_id ?? "";
    tagSets.element.value = tag_set_id ?? "";
  });
  return h("div.list-filters", { role: "search" }, words, classes.element, tagSets.element);
}

/** A select whose first entry means everything. */
function filterSelect(name, label, onchange) {
  const element = h("select", { "aria-label": `Filter by ${name}` });
  element.addEventListener("change", () => {
    onchange(element.value === "" ? null : Number(element.value));
  });
  return {
    element,
    fill(entries) {
      const chosen = element.value;
      const options = entries.map(([value, text]) => h("option", { value }, text));
      element.replaceChildren(h("option", { value: "" }, label), ...options);
      element.value = chosen;
    },
  };
}
