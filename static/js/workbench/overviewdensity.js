/** The tag density of the whole file, for the overview strip and the totals. No DOM here. */

import { calmly } from "./calm.js";

const BINS = 800;
const CALM = { quiet_ms: 600, most_ms: 3000 };

export class Overview {
  density = null;
  isKnown = false;
  #api;
  #mediaId;
  #duration;
  #onChange;

  constructor(api, mediaId, duration, onChange) {
    this.#api = api;
    this.#mediaId = mediaId;
    this.#duration = duration;
    this.#onChange = onChange;
  }

  /** Ask for it; a failure leaves the last one, for the tags themselves say what is wrong. */
  async load() {
    const params = { start_s: 0, end_s: this.#duration, bins: BINS };
    try {
      if (this.#duration > 0) this.density = await this.#ask(params);
    } finally {
      this.isKnown = true;
      this.#onChange();
    }
  }

  #ask(params) {
    const path = `media/${this.#mediaId}/tags/density`;
    return this.#api.get(path, { params }).catch(() => this.density);
  }

  /** Ask again once the changes have calmed down. */
  refresh = calmly(() => this.load(), CALM);
}
