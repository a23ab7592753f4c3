/**
 * News of this file from the server. One stream serves all tabs of a browser that show the file:
 * one of them holds it (Web Locks) and passes it on (BroadcastChannel). Tabs that nobody looks at
 * hold none, for a browser has only six connections to a server.
 */

import { promptly } from "./calm.js";
import { keepSurroundings } from "./surroundings.js";

const CALM = { quiet_ms: 250, most_ms: 1500 };
const HIDDEN_GRACE_MS = 5000;
const FIRST_MS = 3000;
const RETRY_MS = [2000, 5000, 15000, 30000];
const TAG_KINDS = ["tag.added", "tag.edited", "tag.deleted", "tag.restored"];
const LAYER_KINDS = [
  ...["batch", "track"].flatMap((layer) => ["added", "deleted", "restored"].map((act) => `${layer}.${act}`)),
  ...["committed", "undone"].map((act) => `import.${act}`),
];
const OTHER_KINDS = ["media.ready", "media.pictures", "job.progress"];
const KINDS = [...TAG_KINDS, ...LAYER_KINDS, ...OTHER_KINDS];

/** Listen until the returned function is called. */
export function connectLive({ state, tags, api }) {
  const stop = new AbortController();
  const begun = performance.now();
  const name = `tagstore-media-${state.get().media.id}`;
  const channel = new BroadcastChannel(name);
  const reloadSoon = promptly(() => tags.reload(), CALM);
  const hear = (message) => receive(message, { state, tags, reloadSoon });
  const tell = (message) => {
    hear(message);
    channel.postMessage(message);
  };
  const opened = () =>
    tell({ kind: "stream.opened", isFirst: performance.now() - begun < FIRST_MS });
  channel.onmessage = ({ data }) => hear(data);
  const release = keepSurroundings({ state, tags, api });
  stop.signal.addEventListener("abort", () => {
    channel.close();
    release();
  });
  const address = api.url(`media/${state.get().media.id}/events`);
  whileVisible(stop.signal, (signal) =>
    hold(name, signal, () => stream(address, signal, { tell, opened })),
  );
  return () => stop.abort();
}

/** Do something while the tab is seen, and for a moment longer. */
function whileVisible(signal, work) {
  let running = null;
  let timer = null;
  const end = () => {
    running?.abort();
    running = null;
  };
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(end, HIDDEN_GRACE_MS);
    else if (!running) {
      running = new AbortController();
      work(running.signal);
    }
  };
  signal.addEventListener("abort", end);
  document.addEventListener("visibilitychange", look, { signal });
  look();
}

/** Do the work in one tab at a time; plain HTTP has no locks, there each seen tab does it. */
function hold(name, signal, work) {
  if (!navigator.locks) return work();
  return navigator.locks.request(name, { signal }, work).catch(() => {});
}

/** Keep the stream open until the signal; the browser resumes it by its last event's number. */
function stream(address, signal, { tell, opened }) {
  return new Promise((done) => {
    let source = null;
    let failures = 0;
    const pass = (event) => tell(JSON.parse(event.data));
    const open = () => {
      if (signal.aborted) return;
      source = new EventSource(address);
      source.onopen = () => {
        failures = 0;
        opened();
      };
      source.onerror = () => {
        failures += 1;
        if (source.readyState !== EventSource.CLOSED) return;
        setTimeout(open, RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
      };
      for (const kind of KINDS) source.addEventListener(kind, pass);
    };
    open();
    signal.addEventListener("abort", () => {
      source?.close();
      done();
    });
  });
}

/** What one message means for this tab. */
function receive(message, { state, tags, reloadSoon }) {
  if (message.kind === "stream.opened") {
    tags.retry();
    if (!message.isFirst) reloadSoon();
  } else if (TAG_KINDS.includes(message.kind)) {
    if (tags.isOwn(message.request_id)) return;
    if (message.kind === "tag.deleted") tags.gone(message.ids ?? []);
    reloadSoon();
  } else if (LAYER_KINDS.includes(message.kind)) {
    reloadSoon();
  } else if (message.kind === "media.pictures") {
    const progress = message.progress ?? 1;
    state.set({ pictures: progress < 1 ? "building" : "ready", picturesProgress: progress });
  } else if (message.kind === "media.ready") {
    state.set({ media: { ...state.get().media, state: "ready" } });
  }
}
