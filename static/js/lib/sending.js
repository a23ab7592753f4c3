/**
 * One file on its way to `/api/v1/uploads` by tus, piece by piece. It goes on by itself when the
 * line broke, and where it was when the same file is chosen again. No DOM here but the fetching.
 */
import { fingerprint } from "./fingerprint.js";

const PAUSES_MS = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000];
const PASSING = new Set([409, 423, 429, 460, 500, 502, 503, 504]);
const SIGNED_OUT = "You are signed out. Sign in, then add the file again.";
const BROKEN = "The line is broken.";

/** Begin to send; `told` has `begun(url)`, `moved(sent, size)`, `done(url)` and `failed(why)`. */
export async function send(file, { project, folder, piece, csrf }, told) {
  await import("../../vendor/tus.min.js");
  const { tus } = globalThis;
  const metadata = { project, folder, filename: file.name };
  const upload = new tus.Upload(file, {
    endpoint: "/api/v1/uploads",
    chunkSize: piece,
    uploadDataDuringCreation: true,
    removeFingerprintOnSuccess: true,
    retryDelays: PAUSES_MS,
    headers: { "X-CSRFToken": csrf },
    metadata,
    fingerprint: () => fingerprint(file, project, folder),
    onShouldRetry: (error) => isPassing(statusOf(error)),
    onUploadUrlAvailable: () => told.begun(upload.url),
    onProgress: (sent, size) => told.moved(sent, size),
    onSuccess: () => told.done(upload.url),
    onError: (error) => told.failed(reasonOf(error)),
  });
  const [before] = await upload.findPreviousUploads();
  if (before) upload.resumeFromPreviousUpload(before);
  upload.start();
  return upload;
}

function statusOf(error) {
  return error.originalResponse?.getStatus() || 0;
}

/** No answer at all is a broken line. */
export function isPassing(status) {
  return status === 0 || PASSING.has(status);
}

/** What went wrong in words, and whether it is worth going on later. */
function reasonOf(error) {
  const status = statusOf(error);
  if (status === 401) return { words: SIGNED_OUT, canGoOn: true };
  if (!status) return { words: BROKEN, canGoOn: true };
  return {
    words: detailIn(error.originalResponse.getBody()) || `The server said no (${status}).`,
    canGoOn: status === 507 || isPassing(status),
  };
}

function detailIn(body) {
  try {
    return JSON.parse(body).detail;
  } catch {
    return "";
  }
}
