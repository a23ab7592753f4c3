/** Grey spectrogram tiles: asked for in the order they are wanted, kept while there is room. */

import { tileGrid } from "../lib/tiles.js";

const MOST_BYTES = 40 * 2 ** 20;
const MOST_REQUESTS = 4;
const PAUSE_MS = 50;
const RETRY_MS = 2000;
const MOST_RETRY_MS = 60000;
const LEVEL_STEP = 2 ** 32;

/** One setting's tiles of a file. A tile is {grey, rows, columns, rough, level, index, used}. */
class TileSet {
  tiles = new Map();

  constructor(media, spectrogram) {
    this.grid = tileGrid(media, spectrogram);
  }

  /** The tile when it is loaded. Keys are numbers, so looking makes no garbage. */
  get(level, index) {
    return this.tiles.get(level * LEVEL_STEP + index);
  }
}

export class TileCache extends EventTarget {
  #api;
  #media;
  #wanted = [];
  #loading = new Map();
  #failed = new Map();
  #timer = 0;
  #changedAt = 0;
  #clock = 0;

  /** Fires "load" when a tile has come, and "fail" with a reason when one will not. */
  constructor(api, media, spectrogram) {
    super();
    this.#api = api;
    this.#media = media;
    this.current = new TileSet(media, spectrogram);
    this.previous = null;
  }

  /** Use other settings; the tiles shown so far stay, to be drawn below those that come. */
  change(spectrogram) {
    const next = new TileSet(this.#media, spectrogram);
    if (next.grid.spec === this.current.grid.spec) return;
    this.previous = this.current;
    this.current = next;
    this.#wanted = [];
    this.#abortUnwanted();
  }

  /** Say which tiles are wanted, most wanted first. Requests wait while the view keeps moving. */
  want(list) {
    const now = performance.now();
    const moving = now - this.#changedAt < PAUSE_MS;
    this.#changedAt = now;
    this.#wanted = list;
    for (const { level, index } of list) this.#touch(this.current.get(level, index));
    this.#abortUnwanted();
    clearTimeout(this.#timer);
    if (moving) this.#timer = setTimeout(() => this.#fill(), PAUSE_MS);
    else this.#fill();
  }

  /** Fetch rough tiles again: better ones may be ready now. */
  refresh() {
    for (const tile of this.current.tiles.values()) tile.stale = tile.rough;
    this.#fill();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#wanted = [];
    this.#abortUnwanted();
  }

  #touch(tile) {
    this.#clock += 1;
    if (tile) tile.used = this.#clock;
  }

  #abortUnwanted() {
    const { spec } = this.current.grid;
    const names = new Set(this.#wanted.map(({ level, index }) => nameOf(spec, level, index)));
    for (const [name, controller] of this.#loading) if (!names.has(name)) controller.abort();
  }

  #fill() {
    const { grid } = this.current;
    for (const { level, index } of this.#wanted) {
      if (this.#loading.size >= MOST_REQUESTS) return;
      const name = nameOf(grid.spec, level, index);
      const tile = this.current.get(level, index);
      const resting = this.#failed.get(name)?.until > performance.now();
      if ((tile && !tile.stale) || this.#loading.has(name) || resting) continue;
      this.#load(this.current, level, index, name);
    }
  }

  async #load(set, level, index, name) {
    const controller = new AbortController();
    this.#loading.set(name, controller);
    try {
      const path = `media/${this.#media.id}/tiles/${name}.zst`;
      const response = await fetch(this.#api.url(path), { signal: controller.signal });
      if (!response.ok) throw new Error(await reasonOf(response));
      this.#keep(set, await tileOf(response, set.grid.rows, level, index));
      this.#failed.delete(name);
    } catch (error) {
      if (error.name !== "AbortError") this.#rest(name, error);
    } finally {
      this.#loading.delete(name);
      this.#fill();
    }
  }

  #keep(set, tile) {
    if (set !== this.current) return;
    const key = tile.level * LEVEL_STEP + tile.index;
    const old = set.tiles.get(key);
    this.#touch(tile);
    set.tiles.set(key, old ? better(old, tile) : tile);
    this.#evict(set);
    this.dispatchEvent(new Event("load"));
  }

  /** Leave a tile that failed alone, longer each time, then try again if it is still wanted. */
  #rest(name, error) {
    const pause = Math.min((this.#failed.get(name)?.pause ?? RETRY_MS / 2) * 2, MOST_RETRY_MS);
    this.#failed.set(name, { pause, until: performance.now() + pause });
    setTimeout(() => this.#fill(), pause + 1);
    const isNetwork = error instanceof TypeError;
    const detail = isNetwork ? "The server cannot be reached." : error.message;
    this.dispatchEvent(new CustomEvent("fail", { detail }));
  }

  /** Forget the tiles unused longest, but never the one of the whole file. */
  #evict(set) {
    let bytes = 0;
    for (const tile of set.tiles.values()) bytes += tile.grey.length;
    if (bytes <= MOST_BYTES) return;
    const oldest = [...set.tiles.entries()].sort((a, b) => a[1].used - b[1].used);
    for (const [key, tile] of oldest) {
      if (bytes <= MOST_BYTES * 0.8) return;
      if (tile.level === set.grid.topLevel) continue;
      bytes -= tile.grey.length;
      set.tiles.delete(key);
      this.dispatchEvent(new CustomEvent("forget", { detail: tile }));
    }
  }
}

function nameOf(spec, level, index) {
  return `${spec}/${level}/${index}`;
}

async function tileOf(response, rows, level, index) {
  const grey = new Uint8Array(await response.arrayBuffer());
  const columns = grey.length / rows;
  const rough = response.headers.get("Tile-Quality") === "rough";
  if (!Number.isInteger(columns) || columns === 0) throw new Error("The picture came incomplete.");
  return { grey, rows, columns, rough, stale: false, level, index, used: 0, since: 0, revision: 0 };
}

/** The tile that is shown, with the content of a better one. */
function better(old, { grey, columns, rough, used }) {
  const { revision } = old;
  return Object.assign(old, { grey, columns, rough, used, stale: false, revision: revision + 1 });
}

async function reasonOf(response) {
  const problem = await response.json().catch(() => ({}));
  return problem.detail ?? problem.title ?? `The server answered ${response.status}.`;
}
