/** Mouse, pen and fingers on the spectrogram and the lanes. */

import { laneLocked } from "../lib/lanes.js";
import { cursorFor, edgesAt, pick } from "../lib/hittest.js";
import { changing, drawing, panning, pinching, zooming } from "./gestures.js";

const CLICK_PX = 4;
const REACH_PX = { mouse: 6, pen: 8, touch: 16 };

/**
 * Listen on one area: {element, layer (has rects), pointAt(event), size(), timeOnly, focus?}.
 * A point is {x, y, time_s, hz or null, tagSetId?, clientX, clientY}.
 */
export class Pointer {
  #gesture = null;
  #from = null;
  #last = null;
  #isDrag = false;
  #drafted = false;
  #fingers = new Map();
  #stop = new AbortController();

  constructor(context, area) {
    Object.assign(this, { context, area });
    const { element } = area;
    const options = { signal: this.#stop.signal };
    const on = (type, handler) => element.addEventListener(type, handler, options);
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", (event) => this.#cancel(event));
    on("pointerleave", () => this.#leave());
    this.unsubscribe = context.state.subscribe(["draft"], ({ draft }) => this.#draftChanged(draft));
  }

  stop() {
    this.#stop.abort();
    this.unsubscribe();
  }

  /** Esc takes the draft away while the button is still down: the gesture is over then. */
  #draftChanged(draft) {
    if (draft === null && this.#drafted) this.#gesture = null;
    this.#drafted = draft !== null && this.#gesture?.drafts === true;
  }

  #down(event) {
    if (event.button > 1) return;
    const { element } = this.area;
    element.setPointerCapture(event.pointerId);
    (this.area.focus ?? element).focus({ preventScroll: true });
    const point = this.area.pointAt(event);
    this.#fingers.set(event.pointerId, point);
    if (this.#fingers.size === 2) return this.#pinch();
    this.#from = point;
    this.#last = point;
    this.#isDrag = false;
    this.#gesture = this.#gestureFor(event, point);
  }

  #pinch() {
    this.context.state.set({ draft: null });
    const [a, b] = this.#fingers.values();
    this.#gesture = null;
    this.pinch = pinching(this.context, a, b, this.area.size());
  }

  #gestureFor(event, point) {
    const { state } = this.context;
    const { tool } = state.get();
    if (event.button === 1 || tool === "pan") return panning(this.context, point, this.area.size());
    const edges = this.#edges(event, point);
    const tag = this.#editable();
    if (edges !== null && tag && !event.shiftKey && tool !== "zoom") {
      return changing(this.context, tag, edges, point);
    }
    if (tool === "draw" && this.#mayDraw(point)) return drawing(this.context, point);
    if (tool === "zoom") return zooming(this.context, point);
    return panning(this.context, point, this.area.size());
  }

  #mayDraw(point) {
    const { may, lanes, defaultTagSetId } = this.context.state.get();
    return may.tag && !laneLocked(lanes, point.tagSetId ?? defaultTagSetId);
  }

  /** The selected tag when it may be changed here. */
  #editable() {
    const { may, lanes, selection } = this.context.state.get();
    const tag = this.context.tags.get(selection);
    return tag && may.tag && !laneLocked(lanes, tag.tag_set_id) ? tag : null;
  }

  #edges(event, point) {
    const { selection } = this.context.state.get();
    const rect = selection === null ? null : this.area.layer.rects.of(selection);
    if (!rect || rect.tag.frame_info) return null;
    const timeOnly = this.area.timeOnly || rect.tag.low_hz === null;
    const reach = REACH_PX[event.pointerType] ?? REACH_PX.mouse;
    return edgesAt(rect, point.x, point.y, { reach, timeOnly });
  }

  #move(event) {
    const point = this.area.pointAt(event);
    this.#look(event, point);
    if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, point);
    if (this.pinch && this.#fingers.size === 2) return this.pinch.move(...this.#fingers.values());
    if (!this.#gesture) return undefined;
    const far = Math.hypot(point.x - this.#from.x, point.y - this.#from.y) >= CLICK_PX;
    this.#isDrag ||= far;
    this.#last = point;
    if (this.#isDrag) this.#gesture.move(point);
    return undefined;
  }

  /** Crosshair, and the shape of the mouse pointer. */
  #look(event, point) {
    const { state, levelAt } = this.context;
    const { time_s, hz } = point;
    state.set({ cursor: { time_s, hz, level_db: levelAt(time_s, hz) } });
    const isTouch = event.pointerType === "touch";
    const isDrawing = isTouch && this.#gesture?.drafts && !this.area.timeOnly;
    this.context.magnify(isDrawing ? point : null);
    if (event.buttons === 0) this.area.element.style.cursor = this.#cursor(event, point);
  }

  #cursor(event, point) {
    const { tool } = this.context.state.get();
    if (tool === "pan") return "grab";
    const edges = this.#editable() ? this.#edges(event, point) : null;
    if (edges !== null && tool !== "zoom") return cursorFor(edges);
    return { draw: "crosshair", zoom: "zoom-in" }[tool] ?? "default";
  }

  #up(event) {
    const gesture = this.#gesture;
    this.#release(event);
    if (!gesture) return;
    const point = this.area.pointAt(event);
    if (this.#isDrag) gesture.end(point);
    else this.#click(point);
  }

  /** A click selects what is under it, or goes there. */
  #click(point) {
    const { state, actions } = this.context;
    const id = pick(this.area.layer.rects.current(), point.x, point.y, state.get().selection);
    actions.select(id);
    if (state.get().tool === "zoom") actions.zoom(2, point.time_s);
    else if (id === null) actions.seek(point.time_s);
  }

  #cancel(event) {
    if (this.#gesture?.drafts) this.context.state.set({ draft: null });
    this.#release(event);
  }

  #release(event) {
    this.#fingers.delete(event.pointerId);
    if (this.#fingers.size < 2) this.pinch = null;
    this.#gesture = null;
    this.context.magnify(null);
  }

  #leave() {
    if (!this.#gesture) this.context.state.set({ cursor: null });
  }
}
