/** The workbench: one element that makes the state and wires all of its parts together. */

import { createActions } from "./actions.js";
import { Api } from "./api.js";
import { mountKeys } from "./keys.js";
import { showNotices } from "./notices.js";
import { announceSelection, followPlayhead, goToTag } from "./place.js";
import { keepAddress, placeAsked, showFrames, takeUpAddress } from "./place.js";
import { Player } from "./player.js";
import { rememberedSettings } from "./settings.js";
import { Stage } from "./stage.js";
import { createState, DEFAULTS } from "./state.js";
import { TagStore } from "./tags.js";

const READY = "ready";

class TagWorkbench extends HTMLElement {
  #stops = [];

  connectedCallback() {
    takeUpAddress();
    const state = this.#makeState();
    const { media } = state.get();
    const api = new Api();
    const tags = new TagStore(state, api);
    const player = new Player(state, api, tags);
    const controls = import("./controls.js");
    const openPalette = async (at) => (await controls).openPalette(context, at);
    const context = { state, tags, player, api, openPalette };
    context.actions = createActions(context);
    this.#stops.push(showNotices(this.querySelector(".wb-notice"), context));
    if (media.state === READY) this.#mountStage(context);
    this.#stops.push(mountKeys(context));
    controls.then(({ mountControls }) => this.#stops.push(...mountControls(this, context)));
    const { view, selection, isExact } = placeAsked(media);
    if (view.start_s > 0) player.seek(view.start_s);
    if (selection !== null && !isExact) goToTag(context, selection);
    tags.start();
  }

  disconnectedCallback() {
    for (const stop of this.#stops) stop?.();
    this.#stops.length = 0;
  }

  #makeState() {
    const read = (name) => JSON.parse(this.dataset[name]);
    const media = read("media");
    const tagSets = read("tagSets");
    const may = read("may");
    const { view, selection } = placeAsked(media);
    const isCoarse = matchMedia("(pointer: coarse)").matches;
    return createState({
      media,
      project: read("project"),
      classes: read("classes"),
      tagSets,
      tracks: read("tracks"),
      user: read("user"),
      may,
      next: this.dataset.next || null,
      previous: this.dataset.previous || null,
      view,
      selection,
      spectrogram: { ...DEFAULTS.spectrogram, ...rememberedSettings() },
      tool: may.tag && !isCoarse ? "draw" : "select",
      defaultTagSetId: tagSets[0]?.id ?? null,
      pictures: media.pictures,
    });
  }

  #mountStage(context) {
    const stage = new Stage(this, context);
    const { picture } = stage.parts;
    if (context.state.get().media.kind === "image") {
      const zoom = (factor) => picture.zoom(factor);
      Object.assign(context.actions, { zoom, fit: () => picture.fit() });
    }
    this.#stops.push(
      () => stage.stop(),
      keepAddress(context),
      followPlayhead(context),
      showFrames(context),
      announceSelection(context, this.querySelector("#wb-selected")),
    );
    const trouble = (pictureTrouble) => context.state.set({ pictureTrouble });
    stage.cache?.addEventListener("fail", (event) => trouble(event.detail));
    stage.cache?.addEventListener("load", () => trouble(null));
  }
}

customElements.define("tag-workbench", TagWorkbench);
