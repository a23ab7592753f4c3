/** Talk to `/api/v1`: CSRF token, request ids, problem+json as one kind of error. */

const READ_TRIES = 3;
const PAUSE_MS = 400;

/** What the server refused, or that it could not be reached (`network`). */
export class ApiError extends Error {
  constructor({ status = 0, title, detail, errors = [], requestId = null, body = {} }) {
    super(detail || title);
    this.name = "ApiError";
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.requestId = requestId;
    this.body = body;
  }

  get network() {
    return this.status === 0;
  }

  /** Whether the same request may succeed later without anyone changing anything. */
  get passing() {
    return this.network || this.status === 429 || this.status >= 500;
  }
}

/** A random id for one request; works on plain HTTP too, where `randomUUID` is missing. */
export function newRequestId() {
  if (globalThis.crypto.randomUUID) return globalThis.crypto.randomUUID();
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A value for an address; numbers to a billionth and never with an exponent. */
function plain(value) {
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  return value.toFixed(9).replace(/\.?0+$/, "");
}

async function refusal(response, requestId) {
  const body = await response.json().catch(() => ({}));
  return new ApiError({
    status: response.status,
    title: body.title || response.statusText || `Error ${response.status}`,
    detail: body.detail,
    errors: body.errors ?? [],
    requestId: response.headers.get("X-Request-Id") ?? requestId,
    body,
  });
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Api {
  #root;
  #csrf;

  constructor({ root = "/api/v1", csrf = csrfToken() } = {}) {
    this.#root = root;
    this.#csrf = csrf;
  }

  /** The address of something, with those parameters that are set. */
  url(path, params = {}) {
    const set = Object.entries(params).filter(([, value]) => value !== null && value !== undefined);
    const query = new URLSearchParams(set.map(([name, value]) => [name, plain(value)]));
    return `${this.#root}/${path}${set.length > 0 ? `?${query}` : ""}`;
  }

  /** Read JSON; a network failure is tried again, a refusal is not. */
  async get(path, { params, signal } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#send("GET", path, { params, signal });
      } catch (error) {
        if (!error.network || signal?.aborted || attempt === READ_TRIES) throw error;
        await pause(PAUSE_MS * attempt);
      }
    }
  }

  post(path, body, { requestId } = {}) {
    return this.#write("POST", path, { body, requestId, once: true });
  }

  patch(path, body, { version, requestId } = {}) {
    return this.#write("PATCH", path, { body, version, requestId });
  }

  remove(path, { version, requestId } = {}) {
    return this.#write("DELETE", path, { version, requestId });
  }

  /** Write; who has signed in anew in another tab gets this page's token renewed once. */
  async #write(method, path, options) {
    try {
      return await this.#send(method, path, options);
    } catch (error) {
      const mayBeOld = error.status === 400 || error.status === 401;
      if (!mayBeOld || !(await this.#renewToken())) throw error;
      return this.#send(method, path, options);
    }
  }

  /** Read the token of this page anew; false when it is the same or cannot be had. */
  async #renewToken() {
    const before = this.#csrf;
    this.#csrf = await freshToken().catch(() => before);
    return this.#csrf !== before;
  }

  #headers(method, { body, version, requestId, once }) {
    const headers = { Accept: "application/json, application/problem+json" };
    if (method === "GET") return headers;
    headers["X-CSRFToken"] = this.#csrf;
    headers["X-Request-Id"] = requestId;
    if (once) headers["Idempotency-Key"] = requestId;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (version !== undefined && version !== null) headers["If-Match"] = `"${version}"`;
    return headers;
  }

  async #send(method, path, { params, body, version, requestId = newRequestId(), signal, once }) {
    let response;
    try {
      response = await fetch(this.url(path, params), {
        method,
        signal,
        credentials: "same-origin",
        headers: this.#headers(method, { body, version, requestId, once }),
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ApiError({ title: "The server cannot be reached.", requestId });
    }
    if (!response.ok) throw await refusal(response, requestId);
    return response.status === 204 ? null : response.json();
  }
}

function csrfToken(page = document) {
  return page.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

async function freshToken() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  return csrfToken(new DOMParser().parseFromString(await answer.text(), "text/html"));
}
