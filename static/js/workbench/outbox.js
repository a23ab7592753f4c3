/** Writes on their way to the server: in order for each tag, kept when they fail. No DOM here. */

import { newRequestId } from "./api.js";

/** Kinds of write whose waiting repetitions can travel as one. */
const joins = (last, kind) => kind === "edit" && last?.kind === "edit" && last.state === "waiting";

/** All the fields that writes change, the last word on each. */
export function editsOf(writes) {
  const edits = writes.filter(({ kind }) => kind === "edit");
  return Object.assign({}, ...edits.map(({ body }) => body));
}

/** Fires "change" when anything moves; `deliver(key, write)` sends one write. */
export class Outbox extends EventTarget {
  #deliver;
  #queues = new Map();
  #own = new Set();

  constructor(deliver) {
    super();
    this.#deliver = deliver;
  }

  /** Writes of one tag that the server has not taken yet. */
  of(key) {
    return this.#queues.get(key) ?? [];
  }

  keys() {
    return [...this.#queues.keys()];
  }

  /** Every write not taken yet, each with its tag. */
  all() {
    return this.keys().flatMap((key) => this.of(key).map((write) => ({ key, write })));
  }

  /** Whether a request was ours, so that its echo in the live stream is no news. */
  isOwn(requestId) {
    return this.#own.has(requestId);
  }

  /** Add a write; the promise settles when the server has taken it, or when it is dropped. */
  add(key, kind, body = {}) {
    const queue = this.of(key);
    const last = queue.at(-1);
    if (joins(last, kind)) {
      last.body = { ...last.body, ...body };
      this.#changed();
      return last.done;
    }
    const write = { kind, body, state: "waiting", error: null, requestId: newRequestId() };
    write.done = new Promise((settle) => (write.settle = settle));
    this.#queues.set(key, [...queue, write]);
    this.#own.add(write.requestId);
    this.#changed();
    this.#run(key);
    return write.done;
  }

  /** Send again what failed; conflicts wait for someone to decide. */
  retry() {
    for (const key of this.keys()) {
      const first = this.of(key)[0];
      if (first?.state === "failed") this.resend(key);
    }
  }

  /** Send the first write of a tag again. */
  resend(key) {
    const first = this.of(key)[0];
    if (!first || first.state === "sending") return;
    first.state = "waiting";
    first.error = null;
    this.#changed();
    this.#run(key);
  }

  /** Forget every write of a tag that has not been taken. */
  drop(key) {
    const queue = this.of(key);
    this.#queues.delete(key);
    for (const write of queue) write.settle(null);
    this.#changed();
  }

  async #run(key) {
    const write = this.of(key)[0];
    if (write?.state !== "waiting") return;
    write.state = "sending";
    this.#changed();
    try {
      const result = await this.#deliver(key, write);
      this.#finish(key, write, result);
    } catch (error) {
      write.state = error.conflict ? "conflict" : "failed";
      write.error = error;
      this.#changed();
    }
  }

  #finish(key, write, result) {
    const rest = this.of(key).filter((one) => one !== write);
    if (rest.length > 0) this.#queues.set(key, rest);
    else this.#queues.delete(key);
    write.settle(result);
    this.#changed();
    this.#run(key);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
