// The package in real Chromium: the same cases as everywhere, in a page and in a worker.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { CONFIG } from "../fetching.js";
import { golden } from "../golden.js";
import { root } from "../package-under-test.js";
import { model, serve } from "../stage.js";
import { launch, open, used } from "./browser.js";

const folders = { package: root, tests: new URL("../", import.meta.url) };
let browser, mock, server;

before(async () => {
  [browser, mock] = await Promise.all([launch(), model()]);
  server = await serve({ folders, gateway: mock.gateway });
});
after(async () => {
  server?.stop();
  await Promise.all([browser?.close(), mock?.stop()]);
});

function opened() {
  return open(browser, `${server.url}/tests/chromium/page.html`);
}

for (const [name, cases] of Object.entries(await golden())) {
  test(`${name}: its cases in a page`, async () => {
    const { page, said } = await opened();
    const { wrong, ways } = await page.evaluate(async ([name, cases]) => {
      const source = await WebAssembly.compileStreaming(fetch(`/package/policies/${name}.wasm`));
      return globalThis.cases.check(sandgate.Guard, name, source, cases);
    }, [name, cases]);
    assert.deepEqual([wrong, said], [[], []]);
    assert(ways > cases.cases.length);
    await page.close();
  });
}

test("every policy's cases in a worker", async () => {
  const { page, said } = await opened();
  const wrong = await page.evaluate(async (golden) => {
    const compiled = (path) => WebAssembly.compileStreaming(fetch(`/package/${path}`));
    const modules = Object.keys(golden).map(async (name) => [name, await compiled(`policies/${name}.wasm`)]);
    const policies = Object.fromEntries(await Promise.all(modules));
    const worker = new Worker("/tests/chromium/worker.js", { type: "module" });
    const answered = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
    const gate = await compiled("gate_bg.wasm");
    worker.postMessage({ root: new URL("/package/", location).href, gate, policies, golden });
    return answered;
  }, await golden());
  assert.deepEqual([wrong, said], [[], []]);
});

test("guardFetch, in pieces of seven bytes", async () => {
  const { page, said } = await opened();
  await page.exposeFunction("seen", mock.seen);
  const wrong = await page.evaluate(async (config) => {
    const guard = await sandgate.Guard.load(config);
    return fetching.check(sandgate, guard, "", seen);
  }, CONFIG);
  assert.deepEqual(wrong, []);
  // Chromium itself speaks of refusals, and of what the model says to a body that is no request.
  assert.deepEqual(said.filter((line) => !/status of 40[034]/.test(line)), []);
  await page.close();
});

test("a request to the page's own origin says what looked at it", async () => {
  const { page } = await opened();
  const [identity, sent] = await page.evaluate(async () => {
    const guard = await sandgate.Guard.load({ policies: { pii: null } });
    let sent;
    const spy = (url, init) => {
      sent = init.headers.get("x-sandgate-client");
      return fetch(url, init);
    };
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hello" }] });
    await sandgate.guardFetch(spy, guard)("/v1/chat/completions", { method: "POST", headers, body });
    return [guard.identity, sent];
  });
  assert.match(identity, /^pii@sha256:[0-9a-f]{64}$/);
  assert.equal(sent, identity);
  await page.close();
});

test("memory stays flat over 10,000 checks", async () => {
  const { page } = await opened();
  await page.evaluate(async () => {
    globalThis.guard = await sandgate.Guard.load({ policies: { pii: { actions: { "*": "pseudonymize" } }, secrets: null } });
  });
  const after = async (times) => {
    await page.evaluate((times) => {
      const text = "Mail ana@example.org about 4111 1111 1111 1111, 👋 thanks. ".repeat(18);
      for (let n = 0; n < times; n += 1) guard.redact(text);
    }, times);
    return used(page);
  };
  const [first, last] = [await after(1000), await after(10_000)];
  assert(last < first + 1_000_000, `${first} then ${last} bytes`);
  await page.close();
});

test("five megabytes that are pasted leave the page its turns", async () => {
  const { page } = await opened();
  const { turns, findings } = await page.evaluate(async () => {
    const guard = await sandgate.Guard.load({ policies: { pii: null, secrets: null } });
    const text = `${"It is a truth universally acknowledged, 👋 that. ".repeat(1000)}ana@example.org `.repeat(100);
    let turns = 0;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      turns += 1;
      channel.port2.postMessage(0);
    };
    channel.port2.postMessage(0);
    const { findings } = await guard.checkAsync(text);
    return { turns, findings: findings.length };
  });
  assert.equal(findings, 100);
  assert(turns > 50, `${turns} turns`);
  await page.close();
});

/** Loads a guard on a page that forbids WebAssembly. */
async function forbidden(config) {
  const headers = { "content-security-policy": "script-src 'self' 'unsafe-inline'" };
  const strict = await serve({ folders, gateway: mock.gateway, headers });
  try {
    const { page, said } = await open(browser, `${strict.url}/tests/chromium/page.html`);
    const outcome = await page.evaluate(async (config) => {
      const guard = await sandgate.Guard.load(config);
      const { text, report = guard.check("hello") } = guard.redact("hello");
      const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hello" }] });
      const init = { method: "POST", headers: { "content-type": "application/json" }, body };
      const { status } = await sandgate.guardFetch(fetch, guard)("/v1/chat/completions", init);
      return { problem: guard.problem, text, decision: report.decision, faults: report.faults, status };
    }, config);
    await page.close();
    return { ...outcome, said };
  } finally {
    strict.stop();
  }
}

test("a page that forbids WebAssembly is told so, and refuses by default", async () => {
  const { problem, text, decision, faults, status, said } = await forbidden({ policies: { pii: null } });
  assert.match(problem, /Content-Security-Policy: add 'wasm-unsafe-eval'/);
  assert(said.some((line) => line.includes("wasm-unsafe-eval")));
  assert.deepEqual([text, decision, status], ["", "refused", 403]);
  assert.deepEqual(faults, [{ policy: "pii", kind: "unavailable", refused: true }]);
});

test("a page that forbids WebAssembly goes on where every policy's fault may pass", async () => {
  const config = { policies: { pii: { on_fault: "allow" }, secrets: { mode: "observe" } } };
  const { text, decision, faults, status } = await forbidden(config);
  assert.deepEqual([text, decision, status], ["hello", "forward", 200]);
  assert.deepEqual(faults.map(({ refused }) => refused), [false, false]);
});
