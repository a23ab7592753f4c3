/** How the tags of each class look: colour, fill, name and the measured width of the name. */

import { classColour, translucent } from "../lib/colours.js";
import { hotKeyOf, assignHotKeys } from "../lib/hotkeys.js";
import { labelText } from "../lib/labels.js";
import { dashPattern } from "./marks.js";

const MOST_WIDTHS = 5000;

export class ClassLooks {
  #looks = new Map();
  #widths = new Map();
  #classes = null;

  constructor(state) {
    this.state = state;
  }

  /** {colour, fill, soft, dash, label, hotKey, hollow} of a tag's class, or of free text. */
  of(tag) {
    const { classes } = this.state.get();
    if (classes !== this.#classes) this.#build(classes);
    return this.#looks.get(tag.class_id ?? null) ?? this.#looks.get(null);
  }

  /** What stands beside a tag. */
  text(tag) {
    const look = this.of(tag);
    const label = look.label ?? tag.text ?? "unlabelled";
    return labelText(tag, label, look.hotKey);
  }

  /** Width of a text, measured once. */
  width(context, text) {
    const known = this.#widths.get(text);
    if (known !== undefined) return known;
    if (this.#widths.size > MOST_WIDTHS) this.#widths.clear();
    const width = Math.ceil(context.measureText(text).width);
    this.#widths.set(text, width);
    return width;
  }

  #build(classes) {
    this.#classes = classes;
    const keys = assignHotKeys(classes);
    this.#looks.clear();
    this.#looks.set(null, lookOf(classColour(null), null, ""));
    for (const one of classes) {
      const label = one.label || one.identifier;
      this.#looks.set(one.id, lookOf(classColour(one), label, hotKeyOf(keys, one.id)));
    }
  }
}

function lookOf(colour, label, hotKey) {
  const fill = translucent(colour, 0.12);
  const soft = translucent(colour, 0.35);
  const look = { colour, fill, soft, dash: dashPattern(colour), label, hotKey };
  return { ...look, hollow: { ...look, fill: null } };
}
