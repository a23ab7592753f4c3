/** Everything that is drawn: makes the canvases' parts and redraws those that a change concerns. */

import { FrequencyAxis, TimeAxis } from "./axes.js";
import { ClassLooks } from "./classlooks.js";
import { Crosshair } from "./crosshair.js";
import { LANE_PX, Lanes } from "./lanes.js";
import { Overview } from "./overview.js";
import { Picture } from "./picture.js";
import { Pointer } from "./pointer.js";
import { Spectrogram, axisOf } from "./spectrogram.js";
import { DrawLoop, Surface } from "./surface.js";
import { TagLayer } from "./taglayer.js";
import { watchTheme } from "./theme.js";
import { TileCache } from "./tilecache.js";
import { timescale } from "../lib/timescale.js";
import { mountWheel } from "./wheel.js";

const SEEN_TAGS = ["selection", "draft", "tagsHidden", "classes"];

/** Which state keys make which parts dirty. */
const CONCERNS = {
  overview: ["view", "spectrogram", "classes"],
  frequencies: ["view", "spectrogram"],
  times: ["view"],
  sound: [...SEEN_TAGS, "view", "spectrogram"],
  lanes: [...SEEN_TAGS, "view", "tagSets", "lanes", "defaultTagSetId"],
  crosshair: ["view", "cursor", "playhead_s", "rangeStart_s", "spectrogram"],
  picture: [...SEEN_TAGS, "playing", "playhead_s"],
};

export class Stage {
  parts = {};
  #loop = new DrawLoop();
  #stops = [];
  #surfaces = [];
  #playheadX = -1;

  constructor(root, context) {
    Object.assign(this, { root, context });
    const { state, tags } = context;
    const { media } = state.get();
    this.looks = new ClassLooks(state);
    const { theme, stop } = watchTheme(root, () => this.invalidate());
    this.theme = theme;
    this.#stops.push(stop);
    if (media.kind !== "image") this.#makeTimeline(media);
    if (media.kind !== "audio") this.#makePicture(media);
    for (const [name, keys] of Object.entries(CONCERNS)) {
      this.#stops.push(state.subscribe(keys, () => this.invalidate(name)));
    }
    const redraw = () => this.#tagsChanged();
    tags.addEventListener("change", redraw);
    this.#stops.push(() => tags.removeEventListener("change", redraw));
    this.invalidate();
  }

  /** Redraw one part, or all of them. */
  invalidate(name) {
    const names = name ? [name] : Object.keys(this.parts);
    for (const one of names) if (this.parts[one]) this.#loop.invalidate(this.parts[one]);
  }

  stop() {
    this.#loop.stop();
    for (const stop of this.#stops) stop();
    for (const surface of this.#surfaces) surface.disconnect();
    this.cache?.stop();
  }

  #tagsChanged() {
    for (const name of ["overview", "sound", "lanes", "picture"]) this.invalidate(name);
  }

  #surface(selector, name, options) {
    const canvas = this.root.querySelector(selector);
    const surface = new Surface(canvas, () => this.#resized(name), options);
    this.#surfaces.push(surface);
    return surface;
  }

  #resized(name) {
    if (name === "sound") this.#look();
    if (name === "picture") this.parts.picture?.fit();
    this.invalidate(name);
  }

  #makeTimeline(media) {
    const { state } = this.context;
    const base = { ...this.context, theme: this.theme, looks: this.looks };
    const hasSound = media.sample_rate > 0;
    if (hasSound) this.#makeSound(media, base);
    const { cache } = this;
    const { parts } = this;
    const onto = (selector, name) => ({ ...base, cache, surface: this.#surface(selector, name) });
    const sound = this.spectrogram?.surface ?? null;
    parts.overview = new Overview(onto(".wb-overview", "overview"));
    parts.times = new TimeAxis(onto(".wb-times", "times"));
    parts.lanes = new Lanes(onto(".wb-lane-canvas", "lanes"));
    parts.crosshair = new Crosshair({ ...onto(".wb-cross", "crosshair"), sound });
    this.#stops.push(parts.overview.listen());
    this.#stops.push(state.subscribe(["playhead_s"], () => this.#playheadMoved()));
    this.#stops.push(state.subscribe(["tagSets"], () => this.#layLanes()));
    this.#layLanes();
    this.#listen(hasSound);
  }

  #makeSound(media, base) {
    const { state, api } = this.context;
    this.cache = new TileCache(api, media, state.get().spectrogram);
    const surface = this.#surface(".wb-tiles", "sound", { opaque: true });
    const invalidate = () => this.invalidate("sound");
    this.spectrogram = new Spectrogram({ state, surface, cache: this.cache, invalidate });
    this.boxes = new TagLayer({ ...base, surface });
    this.parts.sound = { draw: (now) => this.#drawSound(now) };
    const beside = this.#surface(".wb-frequencies", "frequencies");
    this.parts.frequencies = new FrequencyAxis({ ...base, surface: beside });
    this.cache.addEventListener("load", () => this.invalidate("overview"));
    this.#stops.push(state.subscribe(["view", "spectrogram"], () => this.#look()));
    this.#stops.push(state.subscribe(["pictures"], () => this.cache.refresh()));
    this.#look();
  }

  /** One canvas for tiles and boxes: every large canvas costs a copy in each frame. */
  #drawSound(now) {
    const again = this.spectrogram.draw(now);
    this.boxes.draw();
    return again;
  }

  #look() {
    const { spectrogram } = this;
    if (!spectrogram) return;
    this.context.tags.canvasWidth = spectrogram.surface.width;
    spectrogram.look();
  }

  /** The overview is redrawn for the playhead only when that moves by a pixel. */
  #playheadMoved() {
    const x = Math.round(this.parts.overview.scale().toPixels(this.context.state.get().playhead_s));
    if (x !== this.#playheadX) this.invalidate("overview");
    this.#playheadX = x;
  }

  /** One row for each tag set. */
  #layLanes() {
    const { tagSets } = this.context.state.get();
    this.root.style.setProperty("--lane-height", `${LANE_PX}px`);
    this.root.style.setProperty("--lanes", Math.max(tagSets.length, 1));
  }

  #listen(hasSound) {
    const { parts, root } = this;
    const lanes = parts.lanes;
    const laneArea = {
      element: root.querySelector(".wb-lane-canvas"),
      layer: lanes,
      timeOnly: true,
      focus: root.querySelector(".workbench-canvas"),
      size: () => lanes.surface,
      pointAt: (event) => {
        const place = this.#place(event, lanes.surface);
        return { ...place, hz: null, tagSetId: lanes.tagSetAt(place.y) };
      },
    };
    const areas = [laneArea];
    if (hasSound) areas.push(this.#soundArea());
    const { context } = this;
    const levelAt = (time_s, hz) => this.spectrogram?.levelAt(time_s, hz) ?? null;
    const magnify = (point) => {
      if (parts.crosshair.finger === point) return;
      parts.crosshair.finger = point;
      this.invalidate("crosshair");
    };
    for (const area of areas) {
      const pointer = new Pointer({ ...context, levelAt, magnify }, area);
      this.#stops.push(() => pointer.stop());
      const onTurn = ({ time_s, hz }) =>
        context.state.set({ cursor: { time_s, hz, level_db: levelAt(time_s, hz) } });
      this.#stops.push(mountWheel(area.element, { actions: context.actions, ...area, onTurn }));
    }
  }

  #soundArea() {
    const { surface } = this.spectrogram;
    return {
      element: this.root.querySelector(".workbench-canvas"),
      layer: this.boxes,
      timeOnly: false,
      size: () => surface,
      pointAt: (event) => {
        const place = this.#place(event, surface);
        return { ...place, hz: axisOf(this.context.state.get(), surface.height).toHz(place.y) };
      },
    };
  }

  /** A pointer event as pixels, client pixels and seconds. */
  #place(event, surface) {
    const { width } = surface;
    const { left, top } = surface.place();
    const { view } = this.context.state.get();
    const x = event.clientX - left;
    const y = event.clientY - top;
    const time_s = timescale({ start_s: view.start_s, end_s: view.end_s, width }).toSeconds(x);
    return { x, y, time_s, clientX: event.clientX, clientY: event.clientY };
  }

  #makePicture(media) {
    const holder = this.root.querySelector(".wb-picture");
    holder.hidden = false;
    const invalidate = () => this.invalidate("picture");
    const source = this.context.player.element ?? imageOf(media, this.context.api, invalidate);
    if (source instanceof HTMLVideoElement) holder.prepend(source);
    const surface = this.#surface(".wb-frame", "picture");
    const base = { ...this.context, theme: this.theme, looks: this.looks };
    this.parts.picture = new Picture({ ...base, surface, source, invalidate });
    source.addEventListener("loadedmetadata", invalidate);
    this.#stops.push(this.parts.picture.listen(holder.querySelector(".wb-frame")));
  }
}

function imageOf(media, api, onLoad) {
  const image = new Image();
  image.addEventListener("load", onLoad);
  image.src = api.url(`media/${media.id}/file`);
  return image;
}
