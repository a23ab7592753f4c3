/** What the bar says about saving, from the writes that are not done yet. No DOM here. */

const plural = (count) => (count === 1 ? "1 change" : `${count} changes`);

/** {state, message, pending, retry} for `state.save`; `writes` are those of the outbox. */
export function saveState(writes, retry) {
  const pending = writes.length;
  if (pending === 0) return { state: "saved", message: "Saved", pending };
  const found = (state) => writes.find(({ write }) => write.state === state)?.write;
  if (found("conflict")) {
    return { state: "conflict", message: "Changed by someone else", pending };
  }
  const failed = found("failed");
  if (!failed) return { state: "saving", message: "Saving…", pending };
  const isOffline = failed.error.network && globalThis.navigator?.onLine === false;
  const isSignedOut = failed.error.status === 401;
  const why = isSignedOut ? "sign in again in another tab, then retry" : failed.error.message;
  const message = `${plural(pending)} not saved: ${why}`;
  return { state: isOffline ? "offline" : "failed", message, pending, retry };
}
