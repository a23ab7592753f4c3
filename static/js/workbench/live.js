/**
 * News of this file from the server: one stream for all tabs of a browser that show it, held by
 * one of them (Web Locks) and passed on to the others (BroadcastChannel).
 */

const CALM_MS = 250;
const LONGEST_WAIT_MS = 1500;
const RETRY_MS = [2000, 5000, 15000, 30000];
const KINDS = ["tag.added", "tag.edited", "tag.deleted", "tag.restored"];
const OTHERS = ["media.ready", "media.pictures", "job.progress"];

/** Listen until the returned function is called. */
export function connectLive({ state, tags, api }) {
  const stop = new AbortController();
  const { id } = state.get().media;
  const channel = new BroadcastChannel(`tagstore-media-${id}`);
  const reloadSoon = calmly(() => tags.reload());
  const hear = (message) => receive(message, { state, tags, reloadSoon });
  const tell = (message) => {
    hear(message);
    channel.postMessage(message);
  };
  channel.onmessage = ({ data }) => hear(data);
  stop.signal.addEventListener("abort", () => channel.close());
  hold(`tagstore-media-${id}`, stop.signal, (signal) =>
    stream(api.url(`media/${id}/events`), signal, tell),
  );
  return () => stop.abort();
}

/** Do the work in one tab at a time; without Web Locks (plain HTTP) in every visible one. */
function hold(name, signal, work) {
  if (!navigator.locks) return whileVisible(signal, work);
  return navigator.locks.request(name, { signal }, () => work(signal)).catch(() => {});
}

/** Work while the tab is seen; the rest would use up the browser's few connections. */
function whileVisible(signal, work) {
  let stop = null;
  const look = () => {
    if (document.hidden) {
      stop?.abort();
      stop = null;
    } else if (!stop) {
      stop = new AbortController();
      work(stop.signal);
    }
  };
  signal.addEventListener("abort", () => stop?.abort());
  document.addEventListener("visibilitychange", look, { signal });
  look();
}

/** Keep the stream open until the signal; the browser resumes it by its last event's number. */
function stream(address, signal, tell) {
  return new Promise((done) => {
    let source = null;
    let failures = 0;
    const open = () => {
      if (signal.aborted) return;
      source = new EventSource(address);
      source.onopen = () => {
        tell({ kind: "stream.opened", resumed: failures > 0 });
        failures = 0;
      };
      source.onerror = () => {
        failures += 1;
        if (source.readyState !== EventSource.CLOSED) return;
        setTimeout(open, RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
      };
      const pass = (event) => tell(JSON.parse(event.data));
      for (const kind of [...KINDS, ...OTHERS]) source.addEventListener(kind, pass);
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
    if (message.resumed) reloadSoon();
  } else if (KINDS.includes(message.kind)) {
    if (!tags.isOwn(message.request_id)) reloadSoon();
  } else if (message.kind === "media.pictures") {
    const progress = message.progress ?? 1;
    state.set({ pictures: progress < 1 ? "building" : "ready", picturesProgress: progress });
  } else if (message.kind === "media.ready") {
    state.set({ media: { ...state.get().media, state: "ready" } });
  }
}

/** Wait for a moment of quiet, but not for ever. */
function calmly(act) {
  let timer = null;
  let since = 0;
  return () => {
    const now = performance.now();
    if (timer === null) since = now;
    clearTimeout(timer);
    const wait = Math.max(0, Math.min(CALM_MS, since + LONGEST_WAIT_MS - now));
    timer = setTimeout(() => {
      timer = null;
      act();
    }, wait);
  };
}
