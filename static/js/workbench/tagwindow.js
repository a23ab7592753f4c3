/** Load the tags of what is in view, or their density when there are too many. No DOM here. */

import { MOST_TAGS, covers, nextRequest } from "../lib/windows.js";

const UNFILTERED = "{}";

/**
 * `onTags(items, clock)` takes an answer asked for when `clock()` stood there; `onChange()` is
 * told of everything else.
 */
export class TagWindow {
  loaded = null;
  density = null;
  shows = "nothing";
  trouble = null;
  #api;
  #mediaId;
  #clock;
  #onTags;
  #onChange;
  #tooMany = null;
  #running = null;
  #wish = null;

  constructor(api, mediaId, { clock, onTags, onChange }) {
    this.#api = api;
    this.#mediaId = mediaId;
    this.#clock = clock;
    this.#onTags = onTags;
    this.#onChange = onChange;
  }

  /** Show this view: {view, duration, bins, hint, filter}; asks only for what is missing. */
  look(wish) {
    const filterKey = JSON.stringify(wish.filter);
    this.#wish = { ...wish, filterKey };
    const next = this.#next();
    if (next.kind === "nothing") this.#show(next.shows);
    else if (!this.#isUnderWay(next)) this.#ask({ ...next, filterKey });
  }

  #next() {
    const { filterKey, hint } = this.#wish;
    const isFiltered = filterKey !== UNFILTERED;
    return nextRequest({
      ...this.#wish,
      hint: isFiltered ? null : hint,
      density: isFiltered && this.#tooMany?.filterKey !== filterKey ? null : this.density,
      loaded: [UNFILTERED, filterKey].includes(this.loaded?.filterKey) ? this.loaded : null,
      tooMany: this.#tooMany?.filterKey === filterKey ? this.#tooMany : null,
    });
  }

  /** Ask again for what is shown, after news from elsewhere; the old stays until the answer. */
  refresh() {
    if (!this.#wish) return;
    this.#forget();
    this.look(this.#wish);
  }

  #forget() {
    this.#running?.stop.abort();
    this.#running = null;
    this.loaded = null;
    this.density = null;
    this.#tooMany = null;
  }

  #isUnderWay(next) {
    const { view, filterKey } = this.#wish;
    const running = this.#running;
    return (
      running?.kind === next.kind &&
      running.filterKey === filterKey &&
      covers(running.window, view)
    );
  }

  #show(shows) {
    this.#running?.stop.abort();
    this.#running = null;
    if (this.shows !== shows || this.trouble !== null) this.#arrived(shows);
  }

  async #ask(next) {
    this.#running?.stop.abort();
    const running = { ...next, stop: new AbortController() };
    this.#running = running;
    try {
      await (next.kind === "tags" ? this.#askTags(running) : this.#askDensity(running));
    } catch (error) {
      if (this.#running !== running) return;
      this.#running = null;
      this.trouble = error;
      this.#onChange();
    }
  }

  async #askTags(running) {
    const asked = this.#clock();
    const window = { ...running.window, filterKey: running.filterKey };
    const params = { ...timeParams(window), ...this.#wish.filter, limit: MOST_TAGS };
    const answer = await this.#get("tags", params, running);
    if (!answer) return;
    if (answer.next) {
      this.#tooMany = window;
      this.look(this.#wish);
      return;
    }
    this.loaded = window;
    this.#tooMany = null;
    this.#onTags(answer.items, asked);
    this.#arrived("tags");
  }

  async #askDensity(running) {
    const params = { ...timeParams(running.window), bins: running.bins };
    const answer = await this.#get("tags/density", params, running);
    if (!answer) return;
    this.density = answer;
    if (this.#next().kind === "tags") {
      this.look(this.#wish);
      return;
    }
    this.loaded = null;
    this.#onTags([], this.#clock());
    this.#arrived("density");
  }

  #arrived(shows) {
    this.shows = shows;
    this.trouble = null;
    this.#onChange();
  }

  /** The answer, or null when something else is wanted by now. */
  async #get(part, params, running) {
    const options = { params, signal: running.stop.signal };
    const answer = await this.#api.get(`media/${this.#mediaId}/${part}`, options);
    if (this.#running !== running) return null;
    this.#running = null;
    return answer;
  }
}

/** Files without a duration (images) have one window that is never named. */
function timeParams({ start_s, end_s }) {
  return Number.isFinite(end_s) && end_s > start_s ? { start_s, end_s } : {};
}
