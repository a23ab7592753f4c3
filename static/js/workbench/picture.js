/** An image, or the frame of a video, with rectangle tags on it. */

import { frameBetween, frameMoved, frameResized } from "../lib/geometry.js";
import { cursorFor, edgesAt, pick } from "../lib/hittest.js";
import { LabelRows, labelPlace } from "../lib/labels.js";
import { fitted, fractionAt, keptInFrame, pixelsOf, zoomedPlace } from "../lib/placement.js";
import { drawBox, drawHandles, isProvisional, Rects, thickness } from "./marks.js";

const CLICK_PX = 4;
const PER_PX = 0.0022;

export class Picture {
  rects = new Rects();
  #rows = new LabelRows();
  #spot = { x: 0, y: 0 };
  #zoomed = null;

  /** `source` is the image, which is drawn, or the video, which lies below the canvas. */
  constructor({ state, tags, actions, surface, theme, looks, source, invalidate }) {
    Object.assign(this, { state, tags, actions, surface, theme, looks, source, invalidate });
    this.isVideo = source instanceof HTMLVideoElement;
  }

  get #size() {
    const { source } = this;
    const [width, height] = this.isVideo
      ? [source.videoWidth, source.videoHeight]
      : [source.naturalWidth, source.naturalHeight];
    const { media } = this.state.get();
    return { width: width || media.width || 16, height: height || media.height || 9 };
  }

  get #place() {
    return this.#zoomed ?? fitted(this.#size, this.surface);
  }

  /** The number of the frame that is shown; images have one, number 0. */
  get #frame() {
    const { media, playhead_s } = this.state.get();
    return this.isVideo ? Math.floor(playhead_s * (media.frame_rate || 25) + 1e-6) : 0;
  }

  /** Go back to the whole picture, as after a change of size. */
  fit() {
    this.#zoomed = null;
    this.invalidate();
  }

  /** Zoom around the middle; the keys + and − come here for images. */
  zoom(factor, at = { x: this.surface.width / 2, y: this.surface.height / 2 }) {
    if (this.isVideo) return;
    const next = keptInFrame(zoomedPlace(this.#place, factor, at), this.surface);
    this.#zoomed = next.zoom === 1 ? null : next;
    this.invalidate();
  }

  draw() {
    const { surface, source, theme } = this;
    const context = surface.begin();
    const place = this.#place;
    if (!this.isVideo && source.complete && source.naturalWidth > 0) {
      context.imageSmoothingEnabled = place.zoom < 8;
      context.drawImage(source, place.x, place.y, place.width, place.height);
    }
    context.font = theme.font;
    context.textBaseline = "middle";
    this.rects.clear();
    this.#rows.clear(surface.height);
    if (!this.state.get().playing) this.#drawTags(context, place);
  }

  #drawTags(context, place) {
    const { selection, draft } = this.state.get();
    const frame = this.#frame;
    context.globalAlpha = draft ? 0.35 : 1;
    for (const tag of this.tags.visible()) {
      const isHere = tag.frame_info?.frame_idx === frame && tag.frame_info.box;
      if (isHere && tag.id !== selection) this.#drawTag(context, place, tag, false);
    }
    context.globalAlpha = 1;
    const kept = this.tags.get(draft ? (draft.id ?? null) : selection);
    const chosen = draft ? { ...kept, ...draft } : kept;
    if (chosen?.frame_info?.frame_idx === frame) this.#drawTag(context, place, chosen, true);
  }

  #drawTag(context, place, tag, isChosen) {
    const { x, y, width, height } = pixelsOf(place, tag.frame_info.box);
    const rect = this.rects.add(tag, x, y, width, height);
    const look = this.looks.of(tag);
    drawBox(context, rect, look, isChosen ? 2 : thickness(this.surface), isProvisional(tag));
    const isSaved = tag.id !== undefined;
    if (isSaved) this.#drawLabel(context, rect, look, isChosen);
    const isPulled = isSaved && isChosen && this.state.get().may.tag;
    if (isPulled) drawHandles(context, rect, look.colour, false);
  }

  #drawLabel(context, rect, look, always) {
    const text = this.looks.text(rect.tag);
    const width = this.looks.width(context, text) + 8;
    const { x, y } = labelPlace(rect, width, this.surface, this.#spot);
    if (!this.#rows.take(x, y, width) && !always) return;
    context.fillStyle = "rgba(10, 13, 17, 0.72)";
    context.fillRect(x, y, width, 16);
    context.fillStyle = look.colour;
    context.fillText(text, x + 4, y + 8.5);
  }

  /** Listen to the pointer and the wheel on an element; returns what stops it. */
  listen(element) {
    const stop = new AbortController();
    let gesture = null;
    const on = (type, handler, more = {}) =>
      element.addEventListener(type, handler, { signal: stop.signal, ...more });
    on("pointerdown", (event) => {
      if (event.button > 1) return;
      element.setPointerCapture(event.pointerId);
      element.focus({ preventScroll: true });
      gesture = this.#begin(event);
    });
    on("pointermove", (event) => {
      if (gesture) gesture.move(event);
      else element.style.cursor = this.#cursor(event);
    });
    on("pointerup", (event) => {
      gesture?.end(event);
      gesture = null;
    });
    on("pointercancel", () => {
      gesture = null;
      this.state.set({ draft: null });
    });
    on("wheel", (event) => this.#wheel(event), { passive: false });
    return () => stop.abort();
  }

  #wheel(event) {
    if (this.isVideo) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) this.zoom(Math.exp(-event.deltaY * PER_PX), pointOf(event));
    else if (event.shiftKey) this.#pull(-event.deltaY, 0);
    else this.#pull(-event.deltaX, -event.deltaY);
  }

  #pull(dx, dy) {
    if (!this.#zoomed) return;
    const moved = { ...this.#zoomed, x: this.#zoomed.x + dx, y: this.#zoomed.y + dy };
    this.#zoomed = keptInFrame(moved, this.surface);
    this.invalidate();
  }

  #edges(event) {
    const { selection, may } = this.state.get();
    const rect = selection === null || !may.tag ? null : this.rects.of(selection);
    return rect ? edgesAt(rect, event.offsetX, event.offsetY) : null;
  }

  #cursor(event) {
    const edges = this.#edges(event);
    if (edges !== null) return cursorFor(edges);
    return this.state.get().tool === "draw" ? "crosshair" : "default";
  }

  #begin(event) {
    const { tool, may, playing, selection } = this.state.get();
    const edges = this.#edges(event);
    const from = pointOf(event);
    let shape = null;
    if (edges !== null) shape = this.#changes(this.tags.get(selection), edges, from);
    else if (tool === "draw" && may.tag && !playing) shape = (to) => this.#drawn(from, to);
    return this.#following(from, shape);
  }

  /** What a selected tag becomes when it is moved or one of its edges pulled. */
  #changes(tag, edges, from) {
    const { box } = tag.frame_info;
    const start = fractionAt(this.#place, from);
    return (to) => {
      const at = fractionAt(this.#place, to);
      const isMove = edges === "";
      const next = isMove
        ? frameMoved(box, at.x - start.x, at.y - start.y)
        : frameResized(box, edges, at);
      return { id: tag.id, frame_info: { ...tag.frame_info, box: next } };
    };
  }

  /** What is drawn between two points of the frame that is shown. */
  #drawn(from, to) {
    const box = frameBetween(fractionAt(this.#place, from), fractionAt(this.#place, to));
    const { playhead_s } = this.state.get();
    const times = this.isVideo ? { start_s: playhead_s, end_s: playhead_s } : {};
    return { ...times, low_hz: null, high_hz: null, frame_info: { frame_idx: this.#frame, box } };
  }

  /** A drag that shapes a tag, or pulls the picture; without one it was a click. */
  #following(from, shape) {
    let last = from;
    let isDrag = false;
    return {
      move: (event) => {
        const to = pointOf(event);
        isDrag ||= Math.hypot(to.x - from.x, to.y - from.y) >= CLICK_PX;
        if (isDrag && shape) this.state.set({ draft: shape(to) });
        else if (isDrag) this.#pull(to.x - last.x, to.y - last.y);
        last = to;
      },
      end: (event) => {
        if (!isDrag) this.#click(event);
        else if (shape) this.#finish(shape(pointOf(event)), event);
      },
    };
  }

  #finish(draft, event) {
    if (this.state.get().draft === null) return;
    if (draft.id === undefined) {
      this.actions.place(draft, { x: event.clientX, y: event.clientY });
      return;
    }
    this.actions.edit({ frame_info: draft.frame_info });
    this.state.set({ draft: null });
  }

  #click(event) {
    const { selection } = this.state.get();
    this.actions.select(pick(this.rects.current(), event.offsetX, event.offsetY, selection));
  }
}

function pointOf(event) {
  return { x: event.offsetX, y: event.offsetY };
}
