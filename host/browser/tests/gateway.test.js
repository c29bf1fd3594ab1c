/** The playground at a real gateway in front of the mock model, driven as a person would. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

import { barriers, launch, picture } from "./stage/chromium.js";

/** @type {import("playwright-core").Browser} */
let browser;
let gateway, url;

before(async () => {
  const binary = process.env.SANDGATE;
  if (!binary) throw new Error("SANDGATE: not set, expected a gateway that has the playground");
  gateway = spawn(binary, ["serve", "--upstream", "mock", "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  for await (const line of createInterface({ input: gateway.stderr })) {
    url = /^listening on (http:\S+)/.exec(line)?.[1];
    if (url) break;
  }
  gateway.stderr.resume();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  gateway?.kill();
});

async function open(t) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 1000 } });
  t.after(() => page.close());
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  t.after(() => assert.deepEqual(errors, []));
  await page.goto(`${url}/playground`);
  await page.locator("#problem").filter({ hasText: "In force" }).waitFor({ state: "attached" });
  await page.getByLabel("Your prompt").last().click();
  return page;
}

const text = (page, id) => page.locator(`#${id}`).textContent();

test("what reaches the gateway has pseudonyms, and the streamed answer is restored here", async (t) => {
  const page = await open(t);
  const requests = [];
  page.on("request", (request) => {
    if (request.method() === "POST")
      requests.push({ body: request.postData(), headers: request.headers() });
  });
  await page.getByRole("button", { name: "An e-mail" }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#report").filter({ hasText: "2 restored in the answer" }).waitFor();
  const [wrote, left, read] = await Promise.all(
    ["wrote", "left", "read"].map((id) => text(page, id)),
  );
  assert.equal(requests.length, 1);
  assert.ok(!requests[0].body.includes("example.org"));
  assert.ok(requests[0].body.includes(JSON.stringify(left).slice(1, -1)));
  assert.match(
    requests[0].headers["x-sandgate-client"],
    /^pii@sha256:[0-9a-f]{64}, secrets@sha256:/,
  );
  assert.equal(read.trim(), `You said: ${wrote}`);
  assert.match(await text(page, "report"), /The gateway looked again: forward\./);
  await picture(page, "gateway");
  assert.deepEqual(await barriers(page), []);
});

test("the page may load nothing but itself", async () => {
  const response = await fetch(`${url}/playground/`);
  assert.match(
    response.headers.get("content-security-policy"),
    /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'/,
  );
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal((await fetch(`${url}/playground/nothing.js`)).status, 404);
});
