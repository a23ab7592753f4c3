/** Which tags a filter of the list lets through. No DOM here. */

import { fold } from "./typeahead.js";

export const NO_FILTER = Object.freeze({ text: "", class_id: null, tag_set_id: null });

/** Whether a tag fits the filter's class, tag set and words; `label()` is what it shows. */
export function matchesFilter(tag, label, { text, class_id, tag_set_id }) {
  if (class_id !== null && tag.class_id !== class_id) return false;
  if (tag_set_id !== null && tag.tag_set_id !== tag_set_id) return false;
  if (text === "") return true;
  const words = [label(), tag.text, tag.comment, tag.author, tag.source];
  return words.some((word) => fold(word).includes(fold(text)));
}

/** The filter in the words of `media/{id}/tags`, without what is not set. */
export function filterParams({ text, class_id, tag_set_id }) {
  const params = { q: text || null, class: class_id, tag_set: tag_set_id };
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null));
}
