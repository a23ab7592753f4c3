/** Play a <video> element; it is the clock that the spectrogram follows. */

import { createClock } from "../lib/clock.js";

export class VideoTransport {
  #video;
  #onEnd;
  #clock = createClock();
  #plan = null;

  constructor(video, { onEnd, onTrouble }) {
    this.#video = video;
    this.#onEnd = onEnd;
    video.addEventListener("ended", () => onEnd(video.duration));
    video.addEventListener("error", () => onTrouble(video.error));
  }

  async start(plan) {
    this.#plan = plan;
    this.#clock.reset();
    this.#video.preservesPitch = false;
    this.#video.playbackRate = plan.rate;
    this.seek(plan.from_s);
    await this.#video.play();
  }

  stop() {
    this.#video.pause();
  }

  /** Show the frame at a moment while nothing plays. */
  seek(at_s) {
    this.#clock.reset();
    this.#video.currentTime = at_s;
  }

  time() {
    const { until_s, from_s, loop, rate } = this.#plan;
    const at_s = this.#clock.read(this.#video.currentTime, performance.now() / 1000, rate);
    if (until_s === null || at_s < until_s) return at_s;
    if (loop) this.seek(from_s);
    else this.#onEnd(until_s);
    return loop ? from_s : until_s;
  }
}
