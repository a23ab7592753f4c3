import assert from "node:assert/strict";
import { setImmediate as settle, setTimeout as pause } from "node:timers/promises";
import { test } from "node:test";

import { ApiError } from "../../static/js/workbench/api.js";
import { TagStore } from "../../static/js/workbench/tags.js";

/** A state with the keys that the store reads. */
function makeState(more = {}) {
  let current = {
    media: { id: 7, duration_s: 3600 },
    project: { key: "frogs" },
    user: { id: 1, name: "ada" },
    classes: [{ id: 3, label: "Wren" }],
    tagSets: [{ id: 2, name: "Tags" }],
    tracks: [],
    view: { start_s: 0, end_s: 60 },
    lanes: {},
    tagsHidden: false,
    selection: null,
    defaultTagSetId: 2,
    save: { state: "saved" },
    ...more,
  };
  const readers = [];
  return {
    get: () => current,
    set(patch) {
      current = { ...current, ...patch };
      for (const { keys, read } of readers) if (keys.some((key) => key in patch)) read(current);
    },
    subscribe: (keys, read) => readers.push({ keys, read }),
  };
}

/** A server in memory that keeps tags, counts versions and can be switched off. */
class MemoryServer {
  tags = new Map();
  log = [];
  isDown = false;
  refusal = null;

  put(tag) {
    this.tags.set(tag.id, { class_id: 3, tag_set_id: 2, track_id: "t", version: 1, ...tag });
  }

  async #answer(line) {
    this.log.push(line);
    await settle();
    if (this.isDown) throw new ApiError({ title: "The server cannot be reached." });
    if (this.refusal) throw this.refusal;
  }

  async get(path, { params }) {
    await this.#answer(`GET ${path} ${params.start_s}-${params.end_s}`);
    const kept = [...this.tags.values()].filter((tag) => !tag.deleted);
    const items = kept.map((tag) => ({ ...tag }));
    if (path.endsWith("density")) {
      const counts = Array(params.bins).fill(items.length / params.bins);
      return { ...params, total: items.length, counts: [{ class_id: 3, counts }] };
    }
    return { items: items.slice(0, params.limit), next: items.length > params.limit ? "x" : null };
  }

  async post(path, body) {
    await this.#answer(`POST ${path}`);
    const [, id, verb] = path.split("/");
    if (verb === "restore") return this.#change(Number(id), { deleted: false });
    const tag = { track_id: "t", ...body, id: this.tags.size + 100, version: 1 };
    this.tags.set(tag.id, tag);
    return { ...tag };
  }

  async patch(path, body, { version }) {
    await this.#answer(`PATCH ${path} ${Object.keys(body)}`);
    return this.#change(Number(path.split("/")[1]), body, version);
  }

  async remove(path, { version }) {
    await this.#answer(`DELETE ${path}`);
    this.#change(Number(path.split("/")[1]), { deleted: true }, version);
    return null;
  }

  #change(id, changes, version) {
    const tag = this.tags.get(id);
    if (version !== undefined && version !== tag.version) {
      throw new ApiError({ status: 412, title: "Stale", body: { current: { ...tag } } });
    }
    Object.assign(tag, changes, { version: tag.version + 1 });
    return { ...tag };
  }
}

/** A store over a server, with its first window loaded. */
async function open(server = new MemoryServer(), more = {}) {
  globalThis.addEventListener ??= () => {};
  const state = makeState(more);
  const tags = new TagStore(state, server);
  tags.start();
  await calm();
  server.log.length = 0;
  return { server, state, tags };
}

async function calm() {
  for (let turn = 0; turn < 12; turn += 1) await settle();
}

const BOX = { start_s: 1, end_s: 2, low_hz: 500, high_hz: 900, class_id: 3 };

test("a new tag is seen and selected at once, and stays so when it gets its number", async () => {
  const { state, tags } = await open();

  tags.create(BOX);
  const { selection, save } = state.get();
  const before = { seen: tags.visible().length, selection, save: save.state };
  await calm();

  assert.deepEqual(before, { seen: 1, selection: -1, save: "saving" });
  assert.equal(state.get().selection, 100);
  assert.equal(state.get().save.state, "saved");
  assert.deepEqual(tags.visible().map((tag) => tag.id), [100]);
  assert.equal(tags.get(-1).id, 100);
});

test("changes of one tag are sent in order and waiting ones travel together", async () => {
  const { server, tags } = await open();
  tags.create(BOX);
  tags.edit(-1, { end_s: 3 });
  tags.edit(-1, { end_s: 4, comment: "loud" });
  await calm();

  assert.deepEqual(server.log, ["POST tags", "PATCH tags/100 end_s,comment"]);
  assert.equal(server.tags.get(100).end_s, 4);
});

test("what cannot be saved stays visible and is saved on retry", async () => {
  const { server, state, tags } = await open();
  server.isDown = true;
  tags.create(BOX);
  await calm();
  const failed = { state: state.get().save.state, pending: state.get().save.pending };
  server.isDown = false;

  state.get().save.retry();
  await calm();

  assert.deepEqual(failed, { state: "failed", pending: 1 });
  assert.equal(tags.visible().length, 1);
  assert.equal(state.get().save.state, "saved");
  assert.equal(server.tags.get(100).start_s, 1);
});

test("undo and redo walk through drawing, changing and deleting", async () => {
  const { server, tags } = await open();
  tags.create(BOX);
  await calm();
  tags.edit(100, { end_s: 5 });
  await calm();
  tags.remove(100);
  await calm();
  const seen = () => (server.tags.get(100).deleted ? "gone" : server.tags.get(100).end_s);

  const walk = [];
  for (const act of ["undo", "undo", "undo", "redo", "redo", "redo"]) {
    tags[act]();
    await calm();
    walk.push(seen());
  }

  assert.deepEqual(walk, [5, 2, "gone", 2, 5, "gone"]);
  assert.equal(tags.undoLabel, "delete Wren");
});

test("undo of a tag the server never got asks nothing of it, redo makes it again", async () => {
  const { server, state, tags } = await open();
  server.isDown = true;
  tags.create(BOX);
  await calm();
  server.isDown = false;
  server.log.length = 0;

  tags.undo();
  await calm();
  const { save } = state.get();
  const undone = { log: [...server.log], seen: tags.visible().length, save: save.state };
  tags.redo();
  await calm();

  assert.deepEqual(undone, { log: [], seen: 0, save: "saved" });
  assert.deepEqual(server.log, ["POST tags"]);
  assert.equal(tags.visible().length, 1);
});

test("a change of someone else's is a conflict and never overwritten silently", async () => {
  const server = new MemoryServer();
  server.put({ id: 9, start_s: 1, end_s: 2 });
  const { state, tags } = await open(server);
  Object.assign(server.tags.get(9), { end_s: 8, version: 2 });

  tags.edit(9, { end_s: 3 });
  await calm();
  const [conflict] = tags.unsaved();

  assert.equal(state.get().save.state, "conflict");
  assert.equal(server.tags.get(9).end_s, 8);
  assert.equal(conflict.mine.end_s, 3);
  assert.equal(conflict.write.error.body.current.end_s, 8);
});

test("a conflict ends with theirs or with mine, as chosen", async () => {
  const ends = [];
  for (const choice of ["theirs", "mine"]) {
    const server = new MemoryServer();
    server.put({ id: 9, start_s: 1, end_s: 2 });
    const { state, tags } = await open(server);
    Object.assign(server.tags.get(9), { start_s: 0.5, end_s: 8, version: 2 });
    tags.edit(9, { end_s: 3 });
    await calm();

    tags.settle(9, choice);
    await calm();
    const { start_s, end_s } = server.tags.get(9);
    ends.push([start_s, end_s, tags.get(9).end_s, state.get().save.state]);
  }

  assert.deepEqual(ends, [
    [0.5, 8, 8, "saved"],
    [0.5, 3, 3, "saved"],
  ]);
});

test("mine saves every change of mine, those made since too, and no field besides", async () => {
  const server = new MemoryServer();
  server.put({ id: 9, start_s: 1, end_s: 2, comment: null });
  const { state, tags } = await open(server);
  Object.assign(server.tags.get(9), { start_s: 0.5, comment: "theirs", version: 2 });
  tags.edit(9, { end_s: 3 });
  await calm();
  tags.edit(9, { status: "accepted" });
  const [{ changes }] = tags.unsaved();
  server.log.length = 0;

  tags.settle(9, "mine");
  await calm();

  assert.deepEqual(changes, { end_s: 3, status: "accepted" });
  assert.deepEqual(server.log.slice(0, 2), ["PATCH tags/9 end_s", "PATCH tags/9 status"]);
  const { start_s, end_s, comment, status } = server.tags.get(9);
  assert.deepEqual([start_s, end_s, comment, status], [0.5, 3, "theirs", "accepted"]);
  assert.equal(state.get().save.state, "saved");
});

test("a tag that someone changed is deleted all the same when I say so", async () => {
  const server = new MemoryServer();
  server.put({ id: 9, start_s: 1, end_s: 2 });
  const { state, tags } = await open(server);
  Object.assign(server.tags.get(9), { end_s: 8, version: 2 });
  tags.remove(9);
  await calm();
  const before = state.get().save.state;

  tags.settle(9, "mine");
  await calm();

  assert.equal(before, "conflict");
  assert.equal(server.tags.get(9).deleted, true);
  assert.deepEqual(tags.visible(), []);
});

test("a stale answer that holds just what was wanted is no conflict", async () => {
  const server = new MemoryServer();
  server.put({ id: 9, start_s: 1, end_s: 2 });
  const { state, tags } = await open(server);
  Object.assign(server.tags.get(9), { end_s: 3, version: 2 });

  tags.edit(9, { end_s: 3 });
  await calm();

  assert.equal(state.get().save.state, "saved");
  assert.equal(tags.get(9).version, 2);
});

test("a refused change is kept with its reason and can be given up", async () => {
  const server = new MemoryServer();
  server.put({ id: 9, start_s: 1, end_s: 2 });
  const { state, tags } = await open(server);
  const detail = "You may not do that.";
  server.refusal = new ApiError({ status: 403, title: "Forbidden", detail });

  tags.edit(9, { end_s: 3 });
  await calm();
  const { message } = state.get().save;
  tags.discard(9);

  assert.equal(message, "1 change not saved: You may not do that.");
  assert.equal(tags.get(9).end_s, 2);
  assert.equal(state.get().save.state, "saved");
});

test("nothing is asked twice: a view inside what is loaded asks nothing", async () => {
  const { server, state } = await open();

  state.set({ view: { start_s: 10, end_s: 70 } });
  await pause(80);
  state.set({ view: { start_s: 60, end_s: 120 } });
  await pause(80);

  assert.deepEqual(server.log, ["GET media/7/tags 30-150"]);
});

test("whoever draws is told when the tags of another view have arrived", async () => {
  const server = new MemoryServer();
  server.put({ id: 1, start_s: 900, end_s: 901 });
  const { state, tags } = await open(server);
  const told = new Promise((done) => {
    tags.addEventListener("change", () => tags.inView().length === 1 && done(tags.inView()));
  });

  state.set({ view: { start_s: 890, end_s: 910 } });
  const [tag] = await told;

  assert.equal(tag.id, 1);
});

test("a crowded window shows its density and asks for no list of tags", async () => {
  const server = new MemoryServer();
  for (let id = 1; id <= 2000; id += 1) server.put({ id, start_s: id, end_s: id + 1 });
  const { tags } = await open(server, { view: { start_s: 0, end_s: 3600 } });

  assert.equal(tags.visible().length, 0);
  assert.equal(Math.round(tags.density().total), 2000);
  assert.equal(tags.overview().total, 2000);
});

test("hidden lanes and filters hide tags without asking", async () => {
  const server = new MemoryServer();
  server.put({ id: 1, start_s: 1, end_s: 2 });
  server.put({ id: 2, start_s: 3, end_s: 4, tag_set_id: 5, class_id: null, text: "Thunder" });
  const { state, tags } = await open(server);
  const shown = () => tags.visible().map((tag) => tag.id);

  const seen = [shown()];
  state.set({ lanes: { 5: { hidden: true } } });
  seen.push(shown());
  state.set({ lanes: {} });
  tags.setFilter({ text: "thun" });
  seen.push(shown());
  await pause(80);

  assert.deepEqual(seen, [[1, 2], [1], [2]]);
  assert.deepEqual(server.log, []);
});

test("an answer asked for before a change of ours does not bring the old back", async () => {
  const server = new MemoryServer();
  server.put({ id: 9, start_s: 1, end_s: 2 });
  const { tags } = await open(server);
  tags.reload();
  tags.remove(9);
  await calm();

  assert.deepEqual(tags.visible(), []);
});

test("news that comes while a change waits does not let it overwrite unseen", async () => {
  const server = new MemoryServer();
  server.put({ id: 9, start_s: 1, end_s: 2 });
  const { state, tags } = await open(server);
  server.isDown = true;
  tags.edit(9, { end_s: 3 });
  await calm();
  server.isDown = false;
  Object.assign(server.tags.get(9), { end_s: 8, version: 2 });

  tags.reload();
  await calm();
  tags.retry();
  await calm();

  assert.equal(state.get().save.state, "conflict");
  assert.equal(server.tags.get(9).end_s, 8);
});

test("a tag that someone deleted comes back with the change that met its absence", async () => {
  const server = new MemoryServer();
  server.put({ id: 9, start_s: 1, end_s: 2 });
  const { tags } = await open(server);
  server.refusal = new ApiError({ status: 404, title: "Not found" });
  tags.edit(9, { end_s: 3 });
  await calm();
  server.refusal = null;

  tags.settle(9, "mine");
  await calm();

  assert.deepEqual(server.log.slice(-2), ["POST tags/9/restore", "PATCH tags/9 end_s"]);
  assert.equal(server.tags.get(9).end_s, 3);
});

test("a tag that others delete goes, even while it is selected", async () => {
  const server = new MemoryServer();
  server.put({ id: 9, start_s: 1, end_s: 2 });
  const { state, tags } = await open(server);
  state.set({ selection: 9 });
  server.tags.get(9).deleted = true;

  tags.gone([9]);
  tags.reload();
  await calm();

  assert.deepEqual(tags.visible(), []);
});
