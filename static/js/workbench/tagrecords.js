/** The tags this page knows: the server's versions, with waiting writes laid over. No DOM here. */

import { overlaid } from "../lib/overlay.js";
import { touches } from "../lib/windows.js";

/**
 * A tag made here has a negative number, its key, until the server gives it one; its key goes
 * on naming its queue in the outbox.
 */
export class TagRecords {
  #outbox;
  #server = new Map();
  #idOfKey = new Map();
  #keyOfId = new Map();
  #touched = new Map();
  #clock = 0;
  #list = null;

  constructor(outbox) {
    this.#outbox = outbox;
    outbox.addEventListener("change", () => (this.#list = null));
  }

  /** Grows with every change the server has told this page of. */
  get clock() {
    return this.#clock;
  }

  keyOf(id) {
    return this.#keyOfId.get(id) ?? id;
  }

  /** The server's number of a tag, or null while it has none. */
  idOf(key) {
    return key < 0 ? (this.#idOfKey.get(key) ?? null) : key;
  }

  /** What the server last said of a tag. */
  known(id) {
    return this.#server.get(this.idOf(id)) ?? null;
  }

  /** A tag as it should be seen now, or null. */
  get(id) {
    const key = this.keyOf(id);
    const real = this.idOf(key);
    const tag = overlaid(this.#server.get(real) ?? null, this.#outbox.of(key));
    return tag && real !== null && tag.id !== real ? { ...tag, id: real } : tag;
  }

  link(key, id) {
    this.#idOfKey.set(key, id);
    this.#keyOfId.set(id, key);
  }

  /** Take the server's newest word on a tag. */
  accept(tag) {
    this.#server.set(tag.id, tag);
    this.#touch(tag.id);
  }

  forget(id) {
    this.#server.delete(id);
    this.#touch(id);
  }

  /** Forget tags that others have deleted, but for those with waiting writes. */
  lose(ids) {
    for (const id of ids) if (this.#outbox.of(this.keyOf(id)).length === 0) this.forget(id);
  }

  #touch(id) {
    this.#clock += 1;
    this.#touched.set(id, this.#clock);
    this.#list = null;
  }

  /**
   * Take an answer for a window, asked for when the clock stood at `asked`: its tags, without
   * those that changed here since, beside those that `keep` names. A tag with a waiting write
   * stays as it was seen when it was changed, or the write would overwrite what nobody saw.
   */
  load(tags, { asked, keep }) {
    const before = this.#server;
    const changedSince = (id) => (this.#touched.get(id) ?? 0) > asked;
    this.#server = new Map(tags.filter((tag) => !changedSince(tag.id)).map((tag) => [tag.id, tag]));
    for (const [id, tag] of before) {
      const answer = this.#server.get(id);
      const waits = this.#outbox.of(this.keyOf(id)).length > 0;
      const isNewer = answer ? tag.version > answer.version : keep.has(id);
      if (waits || isNewer || changedSince(id)) this.#server.set(id, tag);
    }
    this.#list = null;
  }

  /** Every tag to be seen that touches the window, by start and number. */
  within(window) {
    return this.#all().filter((tag) => !window || touches(window, tag.start_s, tag.end_s));
  }

  #all() {
    const waiting = this.#outbox.keys().map((key) => this.idOf(key) ?? key);
    this.#list ??= [...new Set([...this.#server.keys(), ...waiting])]
      .map((id) => this.get(id))
      .filter((tag) => tag !== null)
      .sort((a, b) => (a.start_s ?? 0) - (b.start_s ?? 0) || a.id - b.id);
    return this.#list;
  }
}
