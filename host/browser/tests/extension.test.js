/** The extension in Chromium, on stand-ins for chat sites, driven as a person would. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { barriers, picture } from "./stage/chromium.js";
import { chats } from "./stage/chat.js";
import { withExtension } from "./stage/extension.js";
import { serve } from "./stage/server.js";

const ACTIONS = { EMAIL_ADDRESS: "redact", US_SSN: "block", CREDIT_CARD: "mask", "*": "observe" };
const CONFIG = JSON.stringify({ policies: { pii: { actions: ACTIONS } } });
const EDITORS = {
  textarea: "https://chat.deepseek.com",
  prosemirror: "https://chatgpt.com",
  lexical: "https://www.perplexity.ai",
  quill: "https://gemini.google.com",
};

let extension, own;

before(async () => {
  extension = await withExtension((manifest) => {
    // Nobody is there to answer the browser's question for a page that is added, nor to press the
    // extension's button, which would show it the page's address.
    manifest.host_permissions = ["http://127.0.0.1/*", "https://chatgpt.com/*"];
  });
  const hosts = Object.entries(EDITORS).map(([editor, host]) => [host, editor]);
  await chats(extension.context, Object.fromEntries(hosts));
  const page = `<!doctype html><html lang="en"><title>Notes</title><h1>Notes</h1><form action="/sent">
    <textarea name="note" aria-label="Note"></textarea><button>Keep</button></form>`;
  own = await serve({ "/": page, "/sent": page, "/favicon.ico": "" });
  await extension.worker.evaluate((config) => chrome.storage.local.set({ config }), CONFIG);
});

after(async () => {
  await extension?.close();
  await own?.close();
});

async function open(t, url) {
  const page = await extension.context.newPage();
  t.after(() => page.close());
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  t.after(() => assert.deepEqual(errors, []));
  await page.goto(url);
  const field = page.locator("textarea, [contenteditable=true]").first();
  await field.click();
  return {
    page,
    field,
    bar: page.locator(".bar"),
    said: page.locator(".said"),
    card: page.locator(".card"),
  };
}

async function says(page, text) {
  await page.locator(".said").filter({ hasText: text }).waitFor({ timeout: 30_000 });
}

/** The number of the tab that a page is in. */
function tabOf(page) {
  return extension.worker.evaluate(async (url) => {
    const tabs = await chrome.tabs.query({});
    return tabs.find((tab) => tab.url === url || tab.pendingUrl === url)?.id ?? tabs.at(-1).id;
  }, page.url());
}

for (const [editor, host] of Object.entries(EDITORS)) {
  test(`${editor}: what is found is redacted in the box before Enter sends it`, async (t) => {
    const { page } = await open(t, `${host}/c/1`);
    await page.keyboard.type("Mail ana@example.org and bob@example.org now");
    await says(page, "2 findings");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => globalThis.sent.length === 1);
    const sent = await page.evaluate(() => globalThis.sent);
    assert.deepEqual(sent, ["Mail <EMAIL_ADDRESS> and <EMAIL_ADDRESS> now"]);
  });

  test(`${editor}: a key redacts in the editor's own document, and a button sends`, async (t) => {
    const { page } = await open(t, `${host}/c/1`);
    await page.keyboard.type("card 4111 1111 1111 1111, number 536-22-8145.");
    await says(page, "2 findings, 1 must not be sent");
    await picture(page, `extension-${editor}`);
    await page.keyboard.press("Enter");
    await says(page, "Not sent: contains US SSN");
    await page.locator("#send").click();
    assert.deepEqual(await page.evaluate(() => globalThis.sent), []);
    await page.keyboard.press("F9");
    await says(page, "2 redacted");
    const clean = "card **** **** **** 1111, number <US_SSN>.";
    assert.equal(await page.evaluate(() => globalThis.read()), clean);
    await page.locator("#send").click();
    await page.waitForFunction(() => globalThis.sent.length === 1);
    assert.deepEqual(await page.evaluate(() => globalThis.sent), [clean]);
  });

  test(`${editor}: a redaction is taken back`, async (t) => {
    const { page } = await open(t, `${host}/c/1`);
    await page.keyboard.type("Mail ana@example.org and");
    await says(page, "1 finding");
    await page.keyboard.press("F9");
    await says(page, "1 redacted");
    await page.locator(".bar").getByRole("button", { name: "Undo" }).click();
    await says(page, "1 finding");
    assert.equal(await page.evaluate(() => globalThis.read()), "Mail ana@example.org and");
  });
}

test("clean prompts are sent as if nothing were here, and nothing is shown", async (t) => {
  const { page, bar } = await open(t, `${EDITORS.prosemirror}/`);
  await page.keyboard.type("What is a gate?");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => globalThis.sent.length === 1);
  assert.deepEqual(await page.evaluate(() => globalThis.sent), ["What is a gate?"]);
  assert.equal(await bar.isVisible(), false);
});

test("an input method's Enter is its own", async (t) => {
  const { page } = await open(t, `${EDITORS.textarea}/`);
  await page.keyboard.type("ana@example.org ");
  await says(page, "1 finding");
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", {
    text: "にほん",
    selectionStart: 3,
    selectionEnd: 3,
  });
  await page.keyboard.press("F9");
  await page.keyboard.press("Enter");
  assert.match(await page.evaluate(() => globalThis.read()), /^ana@example.org にほん\n?$/);
  assert.deepEqual(await page.evaluate(() => globalThis.sent), []);
});

test("findings are explained on the page, and axe finds nothing", async (t) => {
  const { page, card } = await open(t, `${EDITORS.prosemirror}/`);
  await page.keyboard.type("number 536-22-8145 of ana@example.org");
  await says(page, "2 findings");
  await page.keyboard.press("F8");
  await card.waitFor();
  assert.match(await card.textContent(), /US SSN.*must not be sent/);
  await picture(page, "extension-card");
  assert.deepEqual(await barriers(page), []);
});

test("the popup counts rules, and nothing that was typed is kept", async (t) => {
  const { page } = await open(t, `${EDITORS.prosemirror}/c/popup`);
  await page.keyboard.type("number 536-22-8145 of ana@example.org");
  await says(page, "2 findings");
  await page.keyboard.press("F9");
  await says(page, "2 redacted");
  await page.keyboard.type(" and bob@example.org");
  await says(page, "1 finding");
  const tab = await tabOf(page);
  const popup = await extension.context.newPage();
  t.after(() => popup.close());
  await popup.setViewportSize({ width: 340, height: 330 });
  await popup.goto(`${extension.origin}/popup.html?tab=${tab}`);
  await popup.getByRole("row", { name: "Email address 1 1" }).waitFor();
  await popup.getByRole("row", { name: "US SSN 0 1" }).waitFor();
  assert.match(await popup.locator("#state").textContent(), /checked on this device/);
  assert.equal(await popup.locator("#page").textContent(), "ChatGPT");
  await picture(popup, "extension-popup");
  assert.deepEqual(await barriers(popup), []);
  await popup.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await barriers(popup), []);
  await picture(popup, "extension-popup-dark");
  const kept = await extension.worker.evaluate(async () =>
    JSON.stringify([await chrome.storage.local.get(), await chrome.storage.session.get()]),
  );
  assert.match(kept, /"EMAIL_ADDRESS":1/);
  for (const typed of ["example.org", "536-22", "ana", "bob"])
    assert.ok(!kept.includes(typed), typed);
  assert.equal(
    await extension.worker.evaluate((tab) => chrome.action.getBadgeText({ tabId: tab }), tab),
    "1",
  );
});

test("a site is turned off and on again", async (t) => {
  const options = await extension.context.newPage();
  t.after(() => options.close());
  await options.goto(`${extension.origin}/options.html`);
  await options.getByLabel("Le Chat").waitFor();
  await options.getByLabel("DeepSeek").uncheck();
  await options.waitForFunction(async () =>
    (await chrome.storage.local.get("off")).off?.includes("DeepSeek"),
  );
  const { page } = await open(t, `${EDITORS.textarea}/`);
  await page.keyboard.type("536-22-8145");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => globalThis.sent.length === 1);
  await options.getByLabel("DeepSeek").check();
  await options.waitForFunction(
    async () => (await chrome.storage.local.get("off")).off?.length === 0,
  );
  const again = await open(t, `${EDITORS.textarea}/`);
  await again.page.keyboard.type("536-22-8145");
  await says(again.page, "1 finding");
});

test("a configuration is checked before it is saved, and then holds", async (t) => {
  const options = await extension.context.newPage();
  t.after(() => options.close());
  await options.setViewportSize({ width: 900, height: 1100 });
  await options.goto(`${extension.origin}/options.html`);
  const config = options.locator("#config");
  await config.fill("# mine\npolices:\n  pii: {}\n");
  const problem = options.locator("#problem");
  await problem.filter({ hasText: "sandgate.yaml:2: polices: unknown field" }).waitFor();
  await options.getByRole("button", { name: "Save" }).click();
  assert.equal(await config.getAttribute("aria-invalid"), "true");
  await picture(options, "extension-options-wrong");
  const earlier = await open(t, `${EDITORS.prosemirror}/`);
  await earlier.page.keyboard.type("536-22-8145");
  await says(earlier.page, "1 finding, 1 must not be sent");
  await options.bringToFront();
  await config.fill(CONFIG.replace('"block"', '"mask"'));
  await options.getByRole("button", { name: "Save" }).click();
  await problem.filter({ hasText: "Saved" }).waitFor();
  await earlier.page.bringToFront();
  await says(earlier.page, /^1 finding$/);
  await picture(options, "extension-options");
  assert.deepEqual(await barriers(options), []);
  await options.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await barriers(options), []);
  await picture(options, "extension-options-dark");
  const { page } = await open(t, `${EDITORS.prosemirror}/`);
  await page.keyboard.type("536-22-8145");
  await says(page, /^1 finding$/);
  await extension.worker.evaluate((config) => chrome.storage.local.set({ config }), CONFIG);
});

test("a page that the person adds is guarded, its form too", async (t) => {
  const options = await extension.context.newPage();
  t.after(() => options.close());
  await options.goto(`${extension.origin}/options.html`);
  await options.getByLabel("Address of a page").fill(own.url);
  await options.getByRole("button", { name: "Add", exact: true }).click();
  await options.getByRole("button", { name: /^Remove/ }).waitFor();
  await extension.worker.evaluate(async () => {
    for (let round = 0; round < 100; round++) {
      if ((await chrome.scripting.getRegisteredContentScripts()).length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("no script was registered");
  });
  const { page } = await open(t, own.url);
  await page.keyboard.type("mail ana@example.org");
  await page.getByRole("button", { name: "Keep" }).click();
  await page.waitForURL(/\/sent\?note=mail\+%3CEMAIL_ADDRESS%3E$/);
  await options.getByRole("button", { name: /^Remove/ }).click();
  await options.getByRole("button", { name: /^Remove/ }).waitFor({ state: "detached" });
});

test("the extension reaches no network", async () => {
  const manifest = await extension.worker.evaluate(() => chrome.runtime.getManifest());
  assert.deepEqual(manifest.permissions.sort(), ["activeTab", "scripting", "storage"]);
  const reached = await extension.worker.evaluate(
    (url) =>
      fetch(url).then(
        () => "reached",
        (error) => String(error),
      ),
    own.url,
  );
  assert.match(reached, /Failed to fetch/);
});

test("the background may end at any time", async (t) => {
  const { page } = await open(t, `${EDITORS.textarea}/`);
  await page.keyboard.type("ana@example.org ");
  await says(page, "1 finding");
  const browser = await extension.context.newPage();
  t.after(() => browser.close());
  const session = await extension.context.newCDPSession(browser);
  const { targetInfos } = await session.send("Target.getTargets");
  const worker = targetInfos.find(
    ({ type, url }) => type === "service_worker" && url.startsWith(extension.origin),
  );
  await session.send("Target.closeTarget", { targetId: worker.targetId });
  await page.bringToFront();
  await page.keyboard.type("bob@example.org");
  await says(page, "2 findings");
});
