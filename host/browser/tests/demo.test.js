/** The playground as a static site, driven as a person would. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { pack } from "../demo/pack.js";
import { barriers, launch, picture } from "./stage/chromium.js";
import { PACKAGE, serve } from "./stage/server.js";

/** @type {import("playwright-core").Browser} */
let browser;
let folder, server;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "sandgate-site-"));
  await pack(PACKAGE, folder);
  // A static site's server says nothing of what the page may do: the page does.
  server = await serve({ "/favicon.ico": "" }, { "/": join(folder, "site") }, "");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function open(t, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 1000 }, ...options });
  t.after(() => page.close());
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  t.after(() => assert.deepEqual(errors, []));
  await page.goto(`${server.url}/index.html`);
  await page.locator("#problem").filter({ hasText: "In force" }).waitFor({ state: "attached" });
  await page.getByLabel("Your prompt").last().click();
  return page;
}

const text = (page, id) => page.locator(`#${id}`).textContent();

test("what left has pseudonyms, and what is read has the person's own words", async (t) => {
  const page = await open(t);
  await page.getByRole("button", { name: "An e-mail" }).click();
  await page.locator(".said").filter({ hasText: "2 findings" }).waitFor();
  await picture(page, "demo-typed");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#report").filter({ hasText: "2 restored in the answer" }).waitFor();
  const wrote = await text(page, "wrote");
  const left = await text(page, "left");
  assert.match(left, /<EMAIL_ADDRESS_\w+>.*<EMAIL_ADDRESS_\w+>/);
  assert.ok(!left.includes("example.org"));
  assert.equal((await text(page, "came")).trim(), `You said: ${left}`);
  assert.equal((await text(page, "read")).trim(), `You said: ${wrote}`);
  await picture(page, "demo-sent");
  assert.deepEqual(await barriers(page), []);
});

test("what was redacted in the box first is restored as well", async (t) => {
  const page = await open(t);
  await page.keyboard.type("Mail ana@example.org");
  await page.locator(".said").filter({ hasText: "1 finding" }).waitFor();
  await page.keyboard.press("F9");
  await page.locator(".said").filter({ hasText: "1 redacted" }).waitFor();
  await page.keyboard.press("Control+Enter");
  await page.locator("#read").filter({ hasText: "You said: Mail ana@example.org" }).waitFor();
  assert.match(await text(page, "left"), /^Mail <EMAIL_ADDRESS_\w+>$/);
});

test("what is blocked does not leave", async (t) => {
  const page = await open(t);
  await page.getByRole("button", { name: "A social security number" }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator(".said").filter({ hasText: "Not sent: contains US SSN" }).waitFor();
  assert.equal(await page.locator("#exchange").isVisible(), false);
  await picture(page, "demo-refused");
});

test("the configuration is the page's to change, and its errors have a place", async (t) => {
  const page = await open(t, { colorScheme: "dark" });
  await page.getByText("Configuration", { exact: true }).click();
  const config = page.getByLabel("Configuration");
  await config.fill("policies:\n  pii:\n    actions: { US_SSN: hush }\n");
  await page
    .locator("#problem.bad")
    .filter({ hasText: "sandgate.yaml:3: policies.pii.actions.US_SSN" })
    .waitFor();
  await picture(page, "demo-wrong");
  assert.deepEqual(await barriers(page), []);
  await config.fill("policies:\n  pii:\n    actions: { US_SSN: mask }\n");
  await page.locator("#problem.good").waitFor();
  await page.getByRole("button", { name: "A social security number" }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#read").filter({ hasText: "You said: " }).waitFor();
  assert.match(await text(page, "left"), /\*\*\*/);
  await picture(page, "demo-dark");
});

test("on a narrow screen nothing is cut off", async (t) => {
  const page = await open(t, { viewport: { width: 380, height: 900 } });
  await page.getByRole("button", { name: "A card" }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#report").filter({ hasText: "Found" }).waitFor();
  await picture(page, "demo-narrow");
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, 380);
});
