/** What dragging does: draw, change a tag, pan, zoom. Each gesture has move, end and no DOM. */

import { boxBetween, boxOf, moved, resized, rounded } from "../lib/geometry.js";
import { viewLimits } from "../lib/timescale.js";

/** Draw a new box, or a range when the area knows no frequency. */
export function drawing({ state, actions }, from) {
  const shape = (to) => ({ ...boxBetween(from, to), ...laneOf(from) });
  return {
    drafts: true,
    move: (to) => state.set({ draft: shape(within(state, to)) }),
    end: (to) => actions.place(shape(within(state, to)), { x: to.clientX, y: to.clientY }),
  };
}

function laneOf(point) {
  return point.tagSetId === undefined ? {} : { tag_set_id: point.tagSetId };
}

/** A point kept inside the file. */
function within(state, point) {
  const { duration_s, top_hz } = viewLimits(state.get().media);
  const time_s = Math.min(Math.max(point.time_s, 0), duration_s);
  const hz = point.hz === null ? null : Math.min(Math.max(point.hz, 0), top_hz);
  return { ...point, time_s, hz };
}

/** Move a tag, or pull some of its edges. */
export function changing({ state, actions }, tag, edges, from) {
  const limits = viewLimits(state.get().media);
  const box = boxOf(tag, limits.duration_s);
  const shape = (to) =>
    edges === ""
      ? moved(box, to.time_s - from.time_s, (to.hz ?? 0) - (from.hz ?? 0), limits)
      : resized(box, edges, to, limits);
  return {
    drafts: true,
    move: (to) => state.set({ draft: { id: tag.id, ...rounded(shape(to)) } }),
    end: (to) => {
      actions.edit(rounded(shape(to)));
      state.set({ draft: null });
    },
  };
}

/** Hold the sound and pull it. */
export function panning({ state }, from, { width, height }) {
  const { view } = state.get();
  const perX = (view.end_s - view.start_s) / width;
  const perY = from.hz === null ? 0 : (view.high_hz - view.low_hz) / height;
  return {
    move: (to) => {
      const dt = (from.x - to.x) * perX;
      const df = (to.y - from.y) * perY;
      state.set({
        view: {
          start_s: view.start_s + dt,
          end_s: view.end_s + dt,
          low_hz: view.low_hz + df,
          high_hz: view.high_hz + df,
        },
      });
    },
    end: () => undefined,
  };
}

/** Draw a frame and look at what is in it; in a lane only the time counts. */
export function zooming({ state }, from) {
  const shape = (to) => boxBetween(from, within(state, to));
  return {
    drafts: true,
    move: (to) => state.set({ draft: { ...shape(to), isZoom: true } }),
    end: (to) => {
      const { view } = state.get();
      const { start_s, end_s, low_hz, high_hz } = shape(to);
      const range = low_hz === null ? {} : { low_hz, high_hz };
      state.set({ draft: null, view: { ...view, start_s, end_s, ...range } });
    },
  };
}

/** Two fingers: pull to pan, spread to zoom in time. */
export function pinching({ state }, a, b, { width }) {
  const { view } = state.get();
  const span = view.end_s - view.start_s;
  const apart = Math.max(Math.abs(a.x - b.x), 20);
  const at_s = view.start_s + ((a.x + b.x) / 2 / width) * span;
  return {
    move: (c, d) => {
      const next = (span * apart) / Math.max(Math.abs(c.x - d.x), 20);
      const start_s = at_s - ((c.x + d.x) / 2 / width) * next;
      state.set({ view: { ...view, start_s, end_s: start_s + next } });
    },
  };
}
