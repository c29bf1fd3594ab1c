/** The element around an editable element, with the markup that pages nest in theirs. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { barriers, launch, picture } from "./stage/chromium.js";
import { editable, inside, pages } from "./stage/element.js";

const ACTIONS = {
  EMAIL_ADDRESS: "pseudonymize",
  US_SSN: "block",
  CREDIT_CARD: "mask",
  "*": "observe",
};
const CONFIG = JSON.stringify({ policies: { pii: { actions: ACTIONS } } });
const NESTED = `<p>Mail <b>ana</b>@<i>example<span>.org</span></i> and</p>
  <p>her number <span contenteditable="false">536-22-8145</span>,<br>4111 1111 <em>1111 1111</em></p>`;

/** @type {import("playwright-core").Browser} */
let browser;
let server;

before(async () => {
  server = await pages({
    "/config.json": { text: CONFIG, type: ".json" },
    "/": editable("<p><br></p>", 'config="/config.json"'),
    "/nested": editable(NESTED, 'config="/config.json"'),
  });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

async function open(t, path, script) {
  const page = await browser.newPage({ viewport: { width: 800, height: 420 } });
  t.after(() => page.close());
  if (script) await page.addInitScript(script);
  await page.goto(server.url + path);
  const on = inside(page);
  await on.field.click();
  await on.seen();
  return { page, on };
}

/** The texts that the browser underlines, by kind. */
function underlined(page) {
  return page.evaluate(() => {
    const names = ["block", "edit", "observe"];
    const texts = (name) => [...(CSS.highlights.get(`sandgate-${name}`) ?? [])].map(String);
    return Object.fromEntries(names.map((name) => [name, texts(name)]));
  });
}

test("what is typed is underlined by the browser itself", async (t) => {
  const { page, on } = await open(t, "/");
  await page.keyboard.type("Mail ana@example.org\n536-22-8145 or +44 20 7946 0000");
  await on.says("3 findings");
  await page.waitForFunction(() => CSS.highlights.get("sandgate-observe")?.size === 1);
  assert.deepEqual(await underlined(page), {
    block: ["536-22-8145"],
    edit: ["ana@example.org"],
    observe: ["+44 20 7946 0000"],
  });
  assert.equal(await on.marks.count(), 0);
  await page.keyboard.press("F8");
  await on.card.waitFor();
  await picture(page, "editable-found");
  assert.deepEqual(await barriers(page), []);
});

test("findings are found across markup, and the markup around them stays", async (t) => {
  const { page, on } = await open(t, "/nested");
  await on.says("3 findings");
  assert.deepEqual(await underlined(page), {
    block: ["536-22-8145"],
    edit: ["ana@example.org", "4111 1111 1111 1111"],
    observe: [],
  });
  await picture(page, "editable-nested");
  await page.evaluate(() =>
    document.querySelector("[contenteditable=false]").removeAttribute("contenteditable"),
  );
  await page.keyboard.press("F9");
  await on.says("3 redacted");
  const text = await on.field.evaluate((field) => field.innerText);
  assert.match(
    text,
    /^Mail <EMAIL_ADDRESS_\w+>\sand\s+her number <US_SSN>,\n\*{4} \*{4} \*{4} 1111\s*$/,
  );
  assert.equal(await on.field.evaluate((field) => field.querySelectorAll("p").length), 2);
  await picture(page, "editable-redacted");
});

test("the browser's undo and ours both take a redaction back", async (t) => {
  const { page, on } = await open(t, "/");
  await page.keyboard.type("Mail ana@example.org");
  await on.says("1 finding");
  await page.keyboard.press("F9");
  await on.says("1 redacted");
  await page.keyboard.press("Control+z");
  await on.says("1 finding");
  assert.equal(await on.field.innerText(), "Mail ana@example.org");
  await page.keyboard.press("F9");
  await on.says("1 redacted");
  await on.undo.click();
  await on.says("1 finding");
  assert.equal(await on.field.innerText(), "Mail ana@example.org");
});

test("submit stops where a part of the box takes no edit", async (t) => {
  const { page, on } = await open(t, "/nested");
  await on.says("3 findings");
  await page.keyboard.press("F9");
  await page.getByRole("button", { name: "Send" }).click();
  await on.says("Not sent");
  assert.deepEqual(await page.evaluate(() => sent), []);
});

test("an input method is not disturbed", async (t) => {
  const { page, on } = await open(t, "/");
  await page.keyboard.type("ana@example.org ");
  await on.says("1 finding");
  const session = await page.context().newCDPSession(page);
  const text = "ㅎㅏㄴ";
  await session.send("Input.imeSetComposition", { text, selectionStart: 3, selectionEnd: 3 });
  await page.keyboard.press("F9");
  assert.equal(await on.field.innerText(), `ana@example.org ${text}`);
  await session.send("Input.insertText", { text: "한 bob@example.org" });
  await on.says("2 findings");
  await page.keyboard.press("F9");
  await on.says("2 redacted");
  assert.match(await on.field.innerText(), /^<EMAIL_ADDRESS_\w+> 한 <EMAIL_ADDRESS_\w+>$/);
});

test("a browser without the Highlight API gets underlines all the same", async (t) => {
  const { page, on } = await open(t, "/nested", () => delete globalThis.Highlight);
  await on.says("3 findings");
  await on.marks.nth(2).waitFor();
  await picture(page, "editable-boxes");
  const box = await on.marks.nth(0).boundingBox();
  const word = await page.evaluate(() => {
    const rect = document.querySelector("b").getBoundingClientRect();
    return { x: rect.x, bottom: rect.bottom };
  });
  assert.ok(Math.abs(box.x - word.x) < 1 && Math.abs(box.y + box.height - word.bottom) < 2);
});
