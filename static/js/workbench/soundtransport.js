/** Play sound by cuts of at most ten minutes in <audio> elements, one handing over to the next. */

import { createClock } from "../lib/clock.js";
import { soundWindow } from "../lib/windows.js";

const PREPARE_S = 12;
const MEET_S = 0.8;
const SWAP_S = 0.12;
const OVERLAP_S = 1;

const now = () => performance.now() / 1000;

/** One cut of the sound: position_s() is in seconds of the media file. */
class Piece {
  constructor(address, window, rate) {
    this.window = window;
    this.rate = rate;
    this.audio = new Audio(address);
    this.audio.preload = "auto";
  }

  position_s() {
    return this.window.start_s + this.audio.currentTime * this.rate;
  }

  place(at_s) {
    this.audio.currentTime = Math.max(0, (at_s - this.window.start_s) / this.rate);
  }

  /** Seconds to be heard until this piece ends. */
  left_s() {
    return (this.window.end_s - this.position_s()) / this.rate;
  }

  drop() {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }
}

export class SoundTransport {
  #address;
  #duration;
  #onEnd;
  #onTrouble;
  #clock = createClock();
  #piece = null;
  #next = null;
  #plan = null;

  /** `address(window, plan)` is where a cut is heard. */
  constructor({ address, duration, onEnd, onTrouble }) {
    this.#address = address;
    this.#duration = duration;
    this.#onEnd = onEnd;
    this.#onTrouble = onTrouble;
  }

  /** Play {from_s, until_s, rate, loop, band, channel}; what is loaded is used where it fits. */
  async start(plan) {
    const reuse = this.#fits(plan);
    this.#plan = plan;
    this.#clock.reset();
    this.#next?.drop();
    this.#next = null;
    if (!reuse) this.#replace(this.#cut(plan.from_s));
    this.#piece.place(plan.from_s);
    await this.#piece.audio.play();
  }

  stop() {
    this.#piece?.audio.pause();
    this.#next?.drop();
    this.#next = null;
  }

  /** Seconds of the media file now, smooth from frame to frame. */
  time() {
    if (!this.#piece) return 0;
    this.#handOver();
    const at_s = this.#clock.read(this.#piece.position_s(), now(), this.#plan.rate);
    return Math.min(at_s, this.#piece.window.end_s);
  }

  #fits(plan) {
    if (!this.#piece || plan.until_s !== null || this.#plan.until_s !== null) return false;
    if (this.#piece.audio.error) return false;
    const { start_s, end_s } = this.#piece.window;
    const same = (key) => JSON.stringify(plan[key]) === JSON.stringify(this.#plan[key]);
    const inside = plan.from_s >= start_s && plan.from_s < end_s;
    return inside && ["rate", "band", "channel"].every(same);
  }

  #cut(from_s) {
    const { until_s, rate } = this.#plan;
    const window = soundWindow(from_s, until_s, this.#duration, rate);
    return new Piece(this.#address(window, this.#plan), window, rate);
  }

  #replace(piece) {
    this.#piece?.drop();
    this.#piece = piece;
    const { audio, window } = piece;
    audio.loop = this.#plan.loop && this.#plan.until_s !== null && window.complete;
    audio.addEventListener("ended", () => this.#ended(piece));
    audio.addEventListener("error", () => {
      if (piece === this.#piece && audio.src) this.#onTrouble(audio.error);
    });
  }

  #ended(piece) {
    if (piece !== this.#piece) return;
    if (piece.window.complete) this.#onEnd(piece.window.end_s);
    else if (this.#next) this.#swap();
    else this.start({ ...this.#plan, from_s: piece.window.end_s });
  }

  /** Near the end of a piece: load the next, let it run along unheard, then change over. */
  #handOver() {
    const piece = this.#piece;
    if (piece.window.complete || piece.audio.paused) return;
    const left = piece.left_s();
    if (left < PREPARE_S && !this.#next) {
      this.#next = this.#cut(piece.window.end_s - OVERLAP_S * piece.rate);
      this.#next.audio.muted = true;
    }
    if (left < MEET_S && this.#next?.audio.paused) this.#meet(piece);
    if (left < SWAP_S && this.#next) this.#swap();
  }

  /** Start the next piece beside the present one and put it right once, by what it lags. */
  async #meet(piece) {
    const next = this.#next;
    next.place(piece.position_s());
    await next.audio.play().catch(() => {});
    setTimeout(() => {
      const lag = piece.position_s() - next.position_s();
      if (next === this.#next) next.place(next.position_s() + lag);
    }, 250);
  }

  #swap() {
    const old = this.#piece;
    const next = this.#next;
    this.#next = null;
    this.#piece = null;
    this.#replace(next);
    next.audio.muted = false;
    if (next.audio.paused) next.audio.play().catch(() => {});
    old.drop();
  }
}
