import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { Api, ApiError, newRequestId } from "../../static/js/workbench/api.js";

/** An Api that talks to a server on this machine which answers as told. */
async function against(t, answer) {
  const requests = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    requests.push({ method, url, headers });
    const { status = 200, body = {}, type = "application/json" } = answer(requests.length);
    response.writeHead(status, { "Content-Type": type, "X-Request-Id": "req-1" });
    response.end(status === 204 ? undefined : JSON.stringify(body));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  const root = `http://127.0.0.1:${server.address().port}/api/v1`;
  return { api: new Api({ root, csrf: "token" }), requests };
}

test("addresses hold what is set, and numbers without an exponent", () => {
  const api = new Api({ root: "/api/v1", csrf: "" });

  const address = api.url("media/7/audio", { start_s: 1e-7, end_s: 12.5, speed: null, channel: 1 });

  assert.equal(address, "/api/v1/media/7/audio?start_s=0.0000001&end_s=12.5&channel=1");
  assert.equal(api.url("me"), "/api/v1/me");
});

test("a write carries the CSRF token, its id and the version it saw", async (t) => {
  const { api, requests } = await against(t, () => ({ body: { id: 9 } }));

  const tag = await api.patch("tags/9", { end_s: 2 }, { version: 4, requestId: "abc" });

  const { method, headers } = requests[0];
  const sent = [headers["x-csrftoken"], headers["x-request-id"], headers["if-match"]];
  assert.deepEqual(tag, { id: 9 });
  assert.deepEqual([method, ...sent], ["PATCH", "token", "abc", '"4"']);
});

test("a creation names itself, so that sending it twice makes one", async (t) => {
  const { api, requests } = await against(t, () => ({ status: 201, body: {} }));

  await api.post("tags", {}, { requestId: "abc" });

  assert.equal(requests[0].headers["idempotency-key"], "abc");
});

test("a refusal is one kind of error with its reason and request id", async (t) => {
  const current = { id: 9, version: 5 };
  const body = { title: "Stale", status: 412, detail: "Somebody changed it.", current };
  const { api } = await against(t, () => ({ status: 412, body, type: "application/problem+json" }));

  const error = await api.remove("tags/9", { version: 4 }).catch((fault) => fault);

  assert.ok(error instanceof ApiError);
  const { status, message, requestId, network, passing } = error;
  assert.deepEqual([status, message, requestId], [412, "Somebody changed it.", "req-1"]);
  assert.deepEqual([network, passing, error.body.current], [false, false, current]);
});

test("an answer that is no JSON still says what failed", async (t) => {
  const { api } = await against(t, () => ({ status: 502, body: undefined, type: "text/html" }));

  const error = await api.get("me").catch((fault) => fault);

  assert.deepEqual([error.status, error.message, error.passing], [502, "Bad Gateway", true]);
});

test("reads are tried again when the network fails, writes are not", async () => {
  const api = new Api({ root: "http://127.0.0.1:9/api/v1", csrf: "" });
  const started = performance.now();

  const written = await api.post("tags", {}).catch((fault) => fault);
  const writeTook = performance.now() - started;
  const read = await api.get("me").catch((fault) => fault);
  const readTook = performance.now() - started - writeTook;

  assert.deepEqual([written.network, read.network], [true, true]);
  assert.ok(writeTook < 400 && readTook > 1100, `${writeTook} ${readTook}`);
});

test("request ids differ", () => {
  assert.notEqual(newRequestId(), newRequestId());
});
