/** Canvases that keep the size of their place on the page, and one drawing loop for all of them. */

const MOST_RATIO = 2;
const PLACE_MS = 250;

/** A canvas with its context, in CSS pixels. `onResize` is told when the size has changed. */
export class Surface {
  width = 0;
  height = 0;
  ratio = 1;
  #place = null;
  #placedAt = -Infinity;

  constructor(canvas, onResize, { opaque = false } = {}) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: !opaque });
    this.observer = new ResizeObserver(() => {
      if (this.measure()) onResize();
    });
    this.observer.observe(canvas);
    this.measure();
  }

  /** Take over the size on the page; whether it has changed. */
  measure() {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = Math.min(globalThis.devicePixelRatio || 1, MOST_RATIO);
    if (clientWidth === this.width && clientHeight === this.height && ratio === this.ratio) {
      return false;
    }
    Object.assign(this, { width: clientWidth, height: clientHeight, ratio });
    this.canvas.width = Math.max(1, Math.round(clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    return true;
  }

  /** Begin a drawing in CSS pixels on an empty canvas. */
  begin() {
    this.resume();
    this.context.clearRect(0, 0, this.width, this.height);
    return this.context;
  }

  /** Draw in CSS pixels over what is there. */
  resume() {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.globalAlpha = 1;
    return this.context;
  }

  /** Where the canvas is in the window; looked up seldom, since looking lays out the page. */
  place() {
    const now = performance.now();
    if (now - this.#placedAt <= PLACE_MS) return this.#place;
    this.#placedAt = now;
    this.#place = this.canvas.getBoundingClientRect();
    return this.#place;
  }

  disconnect() {
    this.observer.disconnect();
  }
}

/**
 * Draw parts when they are dirty, at most once a frame. A part has `draw(now)`, which returns
 * true when it wants the next frame too (something is fading in).
 */
export class DrawLoop {
  #dirty = new Set();
  #drawing = [];
  #request = 0;

  invalidate(part) {
    this.#dirty.add(part);
    if (this.#request === 0) this.#request = requestAnimationFrame((now) => this.#frame(now));
  }

  stop() {
    cancelAnimationFrame(this.#request);
    this.#dirty.clear();
    this.#request = -1;
  }

  #frame(now) {
    this.#request = 0;
    for (const part of this.#dirty) this.#drawing.push(part);
    this.#dirty.clear();
    for (const part of this.#drawing) if (part.draw(now) === true) this.invalidate(part);
    this.#drawing.length = 0;
  }
}
