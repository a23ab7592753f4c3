/** The player: what is heard, from where to where, how fast; keeps `state.playhead_s` moving. */

import { SoundTransport } from "./soundtransport.js";
import { VideoTransport } from "./videotransport.js";

/** Speeds on offer; slower lowers the pitch, so that ultrasound is heard. */
export const RATES = [0.1, 0.2, 0.25, 0.5, 1, 1.5, 2];

export class Player {
  /** The <video> to place in the page, or null for sound. */
  element = null;
  #state;
  #api;
  #tags;
  #transport;
  #plan = null;

  constructor(state, api, tags) {
    this.#state = state;
    this.#api = api;
    this.#tags = tags;
    const { media } = state.get();
    if (media.kind === "video") this.element = this.#makeVideo(media);
    this.#transport = this.element
      ? new VideoTransport(this.element, this.#listeners(() => this.#videoFailed()))
      : this.#soundTransport();
  }

  /** Whether there is anything to play. */
  get canPlay() {
    const { media } = this.#state.get();
    return media.kind !== "image" && media.duration_s > 0 && media.state !== "failed";
  }

  /** Seconds of the media file now. */
  time() {
    const { playing, playhead_s } = this.#state.get();
    return playing ? this.#transport.time() : playhead_s;
  }

  /** Play from a moment, to another or to the end. */
  async play(from_s = this.time(), until_s = null) {
    if (!this.canPlay) return;
    const { media, rate, loop, spectrogram } = this.#state.get();
    const from = from_s >= media.duration_s - 0.01 ? 0 : Math.max(0, from_s);
    const channel = media.channels > 2 ? spectrogram.channel : null;
    const plan = { from_s: from, until_s, rate, loop, channel, band: this.#band() };
    this.#plan = plan;
    this.#state.set({ playing: true, playhead_s: from, playTrouble: null });
    try {
      await this.#transport.start(plan);
      this.#follow();
    } catch (error) {
      if (error.name !== "AbortError" && plan === this.#plan) this.#failed(error);
    }
  }

  pause() {
    if (!this.#state.get().playing) return;
    const at_s = this.time();
    this.#transport.stop();
    this.#plan = null;
    this.#state.set({ playing: false, playhead_s: at_s });
  }

  /** Play or pause; with the loop on, play the looped stretch. */
  toggle() {
    if (this.#state.get().playing) return this.pause();
    const looped = this.#state.get().loop ? this.#loopedStretch() : null;
    return looped ? this.play(looped.start_s, looped.end_s) : this.play();
  }

  seek(at_s) {
    const { playing, media } = this.#state.get();
    const to = Math.min(Math.max(at_s, 0), media.duration_s ?? 0);
    this.#state.set({ playhead_s: to });
    if (playing) this.play(to);
    else if (this.element) this.element.currentTime = to;
  }

  playTag(tag) {
    const { media } = this.#state.get();
    const end_s = tag.end_s ?? media.duration_s;
    return this.play(tag.start_s ?? 0, end_s > (tag.start_s ?? 0) ? end_s : null);
  }

  setRate(rate) {
    this.#state.set({ rate });
    this.#again();
  }

  setLoop(loop) {
    this.#state.set({ loop });
    const looped = loop ? this.#loopedStretch() : null;
    if (!this.#state.get().playing) return;
    if (looped) this.play(looped.start_s, looped.end_s);
    else this.play(this.time());
  }

  setBand(band) {
    this.#state.set({ band });
    this.#again();
  }

  /** Go on playing the same stretch after a change of how it sounds. */
  #again() {
    if (!this.#state.get().playing) return;
    const at_s = this.time();
    const { until_s } = this.#plan;
    this.play(until_s !== null && this.#state.get().loop ? this.#plan.from_s : at_s, until_s);
  }

  #selected() {
    return this.#tags?.get(this.#state.get().selection) ?? null;
  }

  /** What the loop goes over: the selected tag, else what is in view. */
  #loopedStretch() {
    const tag = this.#selected();
    if (tag && tag.start_s !== null && tag.end_s > tag.start_s) return tag;
    return this.#state.get().view;
  }

  /** The frequencies to let through: those of the selected tag, when asked for. */
  #band() {
    const tag = this.#state.get().band ? this.#selected() : null;
    if (!tag || (tag.low_hz === null && tag.high_hz === null)) return null;
    return { low_hz: tag.low_hz, high_hz: tag.high_hz };
  }

  /** Move the playhead each frame until the playing stops or another begins. */
  #follow() {
    const plan = this.#plan;
    const step = () => {
      if (plan !== this.#plan || !this.#state.get().playing) return;
      const playhead_s = this.#transport.time();
      if (this.#state.get().playing) this.#state.set({ playhead_s });
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  #listeners(onTrouble) {
    return { onEnd: (at_s) => this.#ended(at_s), onTrouble };
  }

  #ended(at_s) {
    const { loop } = this.#state.get();
    const { from_s, until_s } = this.#plan ?? { until_s: null };
    if (loop && until_s !== null) {
      this.play(from_s, until_s);
      return;
    }
    this.#transport.stop();
    this.#plan = null;
    this.#state.set({ playing: false, playhead_s: at_s });
  }

  #failed(error) {
    this.#plan = null;
    const words = error?.name === "NotAllowedError" ? "Press play to allow sound." : null;
    const playTrouble = words ?? "The sound could not be played. Is the server reachable?";
    this.#state.set({ playing: false, playTrouble });
  }

  #soundTransport() {
    const { media } = this.#state.get();
    const listeners = this.#listeners((error) => this.#failed(error));
    const address = (window, plan) => this.#audioAddress(window, plan);
    return new SoundTransport({ address, duration: media.duration_s, ...listeners });
  }

  #audioAddress({ start_s, end_s }, { rate, band, channel }) {
    const speed = rate === 1 ? null : rate;
    const params = { start_s, end_s, format: "wav", channel, speed, ...band };
    return this.#api.url(`media/${this.#state.get().media.id}/audio`, params);
  }

  #makeVideo(media) {
    const video = document.createElement("video");
    video.src = this.#api.url(`media/${media.id}/file`);
    video.playsInline = true;
    video.preload = "metadata";
    video.setAttribute("aria-label", media.name);
    return video;
  }

  /** A video that the browser cannot show is still heard, if it has sound. */
  #videoFailed() {
    const { media, playing, playhead_s } = this.#state.get();
    const hasSound = media.sample_rate > 0;
    const words = "This browser cannot show this video.";
    this.#transport = this.#soundTransport();
    this.#plan = null;
    const playTrouble = hasSound ? `${words} Its sound plays.` : words;
    this.#state.set({ playing: false, playTrouble });
    if (playing && hasSound) this.play(playhead_s);
  }
}
