// `guardFetch` between a program and a model.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { CONFIG, check } from "../fetching.js";
import { sandgate } from "../package-under-test.js";
import { model, serve } from "../stage.js";

const { Guard, guardFetch } = sandgate;
const MAIL = "ana@example.org";
const JSON_TYPE = { "content-type": "application/json" };
let mock, guard;

before(async () => {
  [mock, guard] = await Promise.all([model(), Guard.load(CONFIG)]);
});
after(() => mock?.stop());

for (const size of [1, 7, 1000]) {
  test(`every provider, in pieces of ${size} bytes`, async () => {
    const server = await serve({ gateway: mock.gateway, size });
    try {
      assert.deepEqual(await check(sandgate, guard, server.url, mock.seen), []);
    } finally {
      server.stop();
    }
  });
}

/** Sends a chat through a `fetch` that answers with `answer(request)`. */
async function asked(answer, options, content = `write to ${MAIL}`) {
  const requests = [];
  const fake = async (url, init) => {
    requests.push(new Request(url, init));
    return answer(requests.at(-1).clone());
  };
  const body = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content }] });
  const init = { method: "POST", headers: JSON_TYPE, body };
  const response = await guardFetch(fake, guard, options)("http://model.example/v1/chat/completions", init);
  return { response, requests };
}

const SSE = { headers: { "content-type": "text/event-stream" } };

test("what looked at a request is said where it is asked for", async () => {
  const { requests } = await asked(() => new Response("{}"), { announce: true });
  assert.equal(requests[0].headers.get("x-sandgate-client"), guard.identity);
  const silent = await asked(() => new Response("{}"));
  assert.equal(silent.requests[0].headers.get("x-sandgate-client"), null);
});

test("a response leaves while it comes, and its reader's pace is its own", async () => {
  let pulls = 0;
  const event = `data: {"choices":[{"index":0,"delta":{"content":"${"a truth universally. ".repeat(30)}"}}]}\n\n`;
  const endless = new ReadableStream({
    pull(controller) {
      pulls += 1;
      controller.enqueue(new TextEncoder().encode(event));
    },
  });
  const reports = [];
  const { response } = await asked(() => new Response(endless, SSE), { onReport: (r) => reports.push(r) });
  const reader = response.body.getReader();
  assert.match(new TextDecoder().decode((await reader.read()).value), /a truth/);
  assert(pulls < 10, `${pulls} pieces were asked for`);
  assert.equal(reports.length, 0);
  await reader.cancel();
  assert.equal(reports.length, 1);
});

test("a broken connection is a broken response", async () => {
  const broken = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('data: {"choices":[{"delta":{"content":"a"}}]}\n\nda'));
    },
    pull(controller) {
      controller.error(new Error("gone"));
    },
  });
  const { response } = await asked(() => new Response(broken, SSE));
  await assert.rejects(response.text(), /gone/);
});

test("what an answer must not say ends it in the provider's own way", async () => {
  const events = ["my card is ", "4111 1111 ", "1111 1111", " keep it"].map((content) => {
    return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
  });
  const { response } = await asked(() => new Response(`${events.join("")}data: [DONE]\n\n`, SSE));
  const said = await response.text();
  assert(!said.includes("1111"), said);
  assert(said.includes("content_filter"), said);
});

test("an answer that nobody can read is refused", async () => {
  const image = { headers: { "content-type": "image/png" } };
  const { response } = await asked(() => new Response(new Uint8Array([1, 2, 3]), image));
  assert.equal(response.status, 403);
  assert.equal((await response.json()).error.code, "unscannable_content");
});

test("a response without a body stays one", async () => {
  const { response } = await asked(() => new Response(null, { status: 204 }));
  assert.deepEqual([response.status, response.body], [204, null]);
});

test("a caller's signal reaches the network", async () => {
  const gone = AbortSignal.abort(new Error("left"));
  const guarded = guardFetch((url, { signal }) => Promise.reject(signal.reason), guard);
  const init = { method: "POST", body: "{}", headers: JSON_TYPE, signal: gone };
  await assert.rejects(guarded("http://model.example/v1/chat/completions", init), /left/);
});

test("held text leaves or is refused when it is due", async () => {
  const limits = { held_ms: 1, on_held: "release" };
  const patient = await Guard.load({ ...CONFIG, limits });
  const stuck = new ReadableStream({
    start(controller) {
      const content = "write to ana@example";
      const event = JSON.stringify({ choices: [{ index: 0, delta: { content } }] });
      controller.enqueue(new TextEncoder().encode(`data: ${event}\n\n`));
    },
  });
  const fake = async () => new Response(stuck, SSE);
  const body = JSON.stringify({ model: "m", stream: true, messages: [] });
  const init = { method: "POST", headers: JSON_TYPE, body };
  const response = await guardFetch(fake, patient)("http://model.example/v1/chat/completions", init);
  const reader = response.body.getReader();
  let said = "";
  while (!said.includes("ana@example")) said += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
});
