/**
 * Element and extension in real Firefox, where there is one: `FIREFOX` says where, else it is looked
 * for. Fewer things are tried than in Chromium: those that browsers do their own way.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import puppeteer from "puppeteer-core";

import { pack } from "../extension/pack.js";
import { PICTURES } from "./stage/chromium.js";
import { editable, form, html, pages } from "./stage/element.js";
import { PACKAGE } from "./stage/server.js";

const USUAL = ["/usr/bin/firefox", "/usr/bin/firefox-esr"];
const executablePath = process.env.FIREFOX ?? USUAL.find((path) => existsSync(path));
const options = {
  skip: executablePath ? false : "no Firefox: install it, or set FIREFOX to where it is",
};

const ACTIONS = { EMAIL_ADDRESS: "redact", US_SSN: "block", "*": "observe" };
const CONFIG = JSON.stringify({ policies: { pii: { actions: ACTIONS } } });
const SAID = "Mail ana@example.org, her SSN is 536-22-8145.";
const CLEAN = "Mail <EMAIL_ADDRESS>, her SSN is <US_SSN>.";
/** How often something is looked for, ten times a second. */
const ROUNDS = 300;

let browser, server, folder;

before(async () => {
  if (!executablePath) return;
  server = await pages({
    "/config.json": { text: CONFIG, type: ".json" },
    "/textarea": form('config="/config.json"'),
    "/editable": editable("<p>Mail <b>ana</b>@<i>example.org</i></p>", 'config="/config.json"'),
    "/chat": html("<h1>Chat</h1><form><textarea></textarea><button>Send</button></form>"),
  });
  browser = await puppeteer.launch({
    browser: "firefox",
    executablePath,
    headless: true,
    defaultViewport: null,
    args: ["--width=820", "--height=520"],
  });
});

after(async () => {
  await browser?.close();
  await server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function open(t, path) {
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(server.url + path);
  return page;
}

/** Until a page's function gives something. A page's policy forbids to ask it in its own time. */
async function until(page, what, ...args) {
  for (let round = 0; round < ROUNDS; round++) {
    const found = await page.evaluate(what, ...args).catch(() => undefined);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never: ${what} ${args}`);
}

/** Until some line of ours says so. */
function says(page, text) {
  const said = (text) => {
    const roots = [...document.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot);
    return roots.some((root) => root?.querySelector(".said")?.textContent.includes(text));
  };
  return until(page, said, text);
}

async function undo(page) {
  await page.keyboard.down("Control");
  await page.keyboard.press("z");
  await page.keyboard.up("Control");
}

const isReady = () => globalThis.events?.some(({ name }) => name === "ready");
const marks = () => {
  const root = document.querySelector("sandgate-guard").shadowRoot;
  return root.querySelectorAll(".mark").length;
};

test("a textarea is underlined, redacted, and the browser's undo knows it", options, async (t) => {
  const page = await open(t, "/textarea");
  await until(page, isReady);
  await page.click("textarea");
  await page.keyboard.type(SAID);
  await says(page, "2 findings, 1 must not be sent");
  assert.equal(await until(page, marks), 2);
  await page.keyboard.press("F8");
  await page.screenshot({ path: join(PICTURES, "firefox-textarea.png") });
  await page.keyboard.press("F9");
  await says(page, "2 redacted");
  assert.equal(await page.$eval("textarea", ({ value }) => value), CLEAN);
  await undo(page);
  await says(page, "2 findings");
  assert.equal(await page.$eval("textarea", ({ value }) => value), SAID);
});

test(
  "an editable element is underlined by boxes, and redacted across its markup",
  options,
  async (t) => {
    const page = await open(t, "/editable");
    await until(page, isReady);
    await page.click("[contenteditable]");
    await page.keyboard.press("End");
    await page.keyboard.type(", her SSN is 536-22-8145.");
    await says(page, "2 findings");
    assert.equal(await until(page, marks), 2);
    await page.screenshot({ path: join(PICTURES, "firefox-editable.png") });
    await page.keyboard.press("F9");
    await says(page, "2 redacted");
    const text = await page.$eval("[contenteditable]", ({ textContent }) => textContent);
    assert.equal(text.replaceAll("\u00a0", " ").trim(), CLEAN);
  },
);

test("the extension guards a page and holds its form until it is clear", options, async (t) => {
  folder = await mkdtemp(join(tmpdir(), "sandgate-firefox-"));
  await pack(PACKAGE, folder);
  const file = join(folder, "firefox", "manifest.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  // Instead of a chat site, the test's own page.
  manifest.content_scripts[0].matches = ["http://127.0.0.1/*"];
  await writeFile(file, JSON.stringify(manifest));
  await browser.installExtension(join(folder, "firefox"));
  const page = await open(t, "/chat");
  await page.click("textarea");
  await page.keyboard.type("Mail ana@example.org.");
  await says(page, "1 finding");
  await page.screenshot({ path: join(PICTURES, "firefox-extension.png") });
  await page.click("button");
  const [said] = await until(page, () => globalThis.sent.length > 0 && globalThis.sent);
  assert.match(said, /^Mail <EMAIL_ADDRESS\w*>\.$/);
});
