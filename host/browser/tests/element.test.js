/** The element around a textarea, driven as a person would. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { barriers, launch, picture } from "./stage/chromium.js";
import { form, html, inside, pages } from "./stage/element.js";
import { CSP } from "./stage/server.js";

const SAID = "Mail ana@example.org, her number is 536-22-8145.";
const ACTIONS = {
  EMAIL_ADDRESS: "pseudonymize",
  US_SSN: "block",
  CREDIT_CARD: "mask",
  "*": "observe",
};
const CONFIG = JSON.stringify({ policies: { pii: { actions: ACTIONS } } });

/** @type {import("playwright-core").Browser} */
let browser;
let server, strict;

before(async () => {
  server = await pages({
    "/config.json": { text: CONFIG, type: ".json" },
    "/broken.json": { text: '{ "polices": {} }', type: ".json" },
    "/": form('config="/config.json"'),
    "/blocks": form('config="/config.json" submit="block"'),
    "/leaves": form('config="/config.json" submit="leave"'),
    "/broken": form('config="/broken.json"'),
    "/broken-allowed": form('config="/broken.json" on-fault="allow"'),
    "/written": {
      text: form('config="/config.json"'),
      csp: CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
    },
    "/no-worker": {
      text: form('config="/config.json"'),
      csp: CSP.replace("worker-src 'self'", "worker-src 'none'"),
    },
    "/rtl": form('config="/config.json"', 'dir="rtl"'),
    "/keys": form('config="/config.json" redact-key="F4"'),
    "/bare": html(`<h1>A prompt</h1><div id="host"></div>
      <template><form><sandgate-guard config="/config.json"><textarea></textarea></sandgate-guard>
      <button>Send</button></form></template>`),
    "/formless": html(`<h1>A prompt</h1><label for="prompt">Prompt</label>
      <sandgate-guard config="/config.json" send="#send"><textarea id="prompt"></textarea></sandgate-guard>
      <button id="send">Send</button>`),
  });
  const csp = CSP.replace(" 'wasm-unsafe-eval'", "");
  const config = { text: CONFIG, type: ".json" };
  strict = await pages({ "/config.json": config, "/": form('config="/config.json"') }, csp);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await Promise.all([server?.close(), strict?.close()]);
});

/** A page with the element, ready, and the caret in its field. */
async function open(t, path = "/", { script, ...options } = {}) {
  const page = await browser.newPage({ viewport: { width: 800, height: 420 }, ...options });
  t.after(() => page.close());
  if (script) await page.addInitScript(script);
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (/inline style/.test(message.text())) errors.push(message.text());
  });
  t.after(() => assert.deepEqual(errors, []));
  await page.goto(new URL(path, server.url).href);
  const on = inside(page);
  await on.field.click();
  return { page, on };
}

async function typed(t, text, path, options) {
  const { page, on } = await open(t, path, options);
  await on.seen();
  await page.keyboard.type(text);
  return { page, on };
}

/** The text under an underline, as the browser itself lays it out in a mirror of ours: where the
 * underline is, is compared with where the caret goes when it is clicked. */
async function textAt(page, on, mark) {
  const box = await mark.boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.click(box.x + 1, y);
  const start = await on.field.evaluate((field) => field.selectionStart);
  await page.mouse.click(box.x + box.width - 1, y);
  const end = await on.field.evaluate((field) => field.selectionStart);
  return (await on.field.inputValue()).slice(start, end);
}

test("findings are underlined where they stand, and nothing moves", async (t) => {
  const { page, on } = await open(t);
  await on.seen();
  const before = await page.getByRole("button", { name: "Send" }).boundingBox();
  await page.keyboard.type(SAID);
  await on.says("2 findings, 1 must not be sent");
  assert.equal(await on.marks.count(), 2);
  assert.equal(await textAt(page, on, on.marks.nth(0)), "ana@example.org");
  assert.equal(await textAt(page, on, on.marks.nth(1)), "536-22-8145");
  assert.deepEqual(await page.getByRole("button", { name: "Send" }).boundingBox(), before);
  await picture(page, "element-found");
});

test("a finding that wraps is underlined on both lines, and scrolling takes it along", async (t) => {
  const { page, on } = await typed(t, `${"word ".repeat(12)}4111 1111 1111 1111`);
  await on.marks.nth(1).waitFor();
  await picture(page, "element-wrapped");
  const [first, second] = [
    await on.marks.nth(0).boundingBox(),
    await on.marks.nth(1).boundingBox(),
  ];
  assert.ok(second.y > first.y);
  await page.keyboard.type("\n".repeat(12));
  await page.waitForFunction(() => document.querySelector("textarea").scrollTop > 0);
  const scrolled = await on.field.evaluate((field) => field.scrollTop);
  await page.waitForFunction(
    ([top, scrolled]) => {
      const mark = document.querySelector("sandgate-guard").shadowRoot.querySelector(".mark");
      return Math.abs(mark.getBoundingClientRect().top - (top - scrolled)) < 1.5;
    },
    [first.y, scrolled],
  );
});

test("a key redacts, and the browser's own undo and redo know it", async (t) => {
  const { page, on } = await typed(t, SAID);
  await on.says("2 findings");
  await page.keyboard.press("F9");
  await on.says("2 redacted");
  const redacted = await on.field.inputValue();
  assert.match(redacted, /^Mail <EMAIL_ADDRESS_\w+>, her number is <US_SSN>\.$/);
  assert.equal(await on.marks.count(), 0);
  await picture(page, "element-redacted");
  // The caret is where it was in the words.
  await page.keyboard.type("!");
  assert.equal(await on.field.inputValue(), `${redacted}!`);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  assert.equal(await on.field.inputValue(), SAID);
  await on.says("2 findings");
  await page.keyboard.press("Control+Shift+z");
  assert.equal(await on.field.inputValue(), redacted);
});

test("the buttons redact and undo as well", async (t) => {
  const { on } = await typed(t, SAID);
  await on.redact.click();
  await on.says("2 redacted");
  await on.undo.click();
  await on.says("2 findings");
  assert.equal(await on.field.inputValue(), SAID);
});

test("the key is another one where the page says so", async (t) => {
  const { page, on } = await typed(t, SAID, "/keys");
  await on.says("2 findings");
  await page.keyboard.press("F9");
  assert.equal(await on.field.inputValue(), SAID);
  await page.keyboard.press("F4");
  await on.says("2 redacted");
});

test("findings are walked through by key, explained, and redacted one by one", async (t) => {
  const { page, on } = await typed(t, SAID);
  await on.says("2 findings");
  await page.keyboard.press("F8");
  await on.card.filter({ hasText: "Email address" }).waitFor();
  const selected = () => on.field.evaluate((f) => f.value.slice(f.selectionStart, f.selectionEnd));
  assert.equal(await selected(), "ana@example.org");
  assert.match(await on.alert.textContent(), /^Finding 1 of 2: Email address/);
  await page.keyboard.press("F8");
  assert.equal(await selected(), "536-22-8145");
  assert.match(await on.card.textContent(), /must not be sent/);
  await picture(page, "element-card");
  await page.keyboard.press("Shift+F9");
  await on.says("1 finding");
  assert.equal(await on.field.inputValue(), "Mail ana@example.org, her number is <US_SSN>.");
  await page.keyboard.press("F8");
  await on.card.filter({ hasText: "Email address" }).waitFor();
  await page.keyboard.press("Escape");
  await on.card.waitFor({ state: "hidden" });
});

test("the card opens where the pointer rests, and stays while it is on the card", async (t) => {
  const { page, on } = await typed(t, SAID);
  await on.says("2 findings");
  const box = await on.marks.nth(0).boundingBox();
  await page.mouse.move(box.x + 20, box.y + 8, { steps: 3 });
  await on.card.waitFor();
  assert.match(
    await on.card.textContent(),
    /Email address.*pii · \d+ % sure.*Becomes <EMAIL_ADDRESS_/,
  );
  await on.card.getByRole("button", { name: "Redact", exact: true }).click();
  await on.says("1 finding");
  assert.match(
    await on.field.inputValue(),
    /^Mail <EMAIL_ADDRESS_\w+>, her number is 536-22-8145\.$/,
  );
});

test("submit is stopped by what is blocked, and goes on once it is redacted", async (t) => {
  const { page, on } = await typed(t, SAID);
  await page.getByRole("button", { name: "Send" }).click();
  await on.says("Not sent: contains US SSN. F9 redacts it.");
  assert.match(await on.alert.textContent(), /^Not sent/);
  assert.deepEqual(await page.evaluate(() => sent), []);
  await picture(page, "element-refused");
  await on.field.focus();
  await page.keyboard.press("F9");
  await on.says("2 redacted");
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForFunction(() => sent.length === 1);
  assert.match((await page.evaluate(() => sent))[0], /<US_SSN>/);
});

test("submit redacts what is not blocked, though it was pasted a moment before", async (t) => {
  const { page, on } = await open(t);
  await on.seen();
  await page.evaluate(() => {
    document.execCommand("insertText", false, "Mail ana@example.org.");
    document.forms[0].requestSubmit();
  });
  await page.waitForFunction(() => sent.length === 1);
  assert.match((await page.evaluate(() => sent))[0], /^Mail <EMAIL_ADDRESS_\w+>\.$/);
  const answer = (await page.evaluate(() => sent))[0].replace("Mail", "I mailed");
  const restored = await page.evaluate(
    (answer) => document.querySelector("sandgate-guard").restore(answer),
    answer,
  );
  assert.equal(restored, "I mailed ana@example.org.");
});

test("a submit while another configuration comes waits for it, and the last one given counts", async (t) => {
  const { page, on } = await open(t);
  await on.seen();
  const refused = await page.evaluate(async () => {
    const guard = document.querySelector("sandgate-guard");
    const given = (/** @type {string} */ action) =>
      (guard.config = JSON.stringify({ policies: { pii: { actions: { US_SSN: action } } } }));
    const ended = (/** @type {string} */ name) =>
      new Promise((resolve) => guard.addEventListener(`sandgate-${name}`, resolve, { once: true }));
    const ready = ended("ready");
    given("observe");
    await ready;
    const look = ended("look");
    document.execCommand("insertText", false, "Her number is 536-22-8145.");
    await look;
    const wasClear = guard.isClear;
    for (const action of ["observe", "mask", "block"]) given(action);
    document.forms[0].requestSubmit();
    const { detail } = await ended("refuse");
    return [wasClear, detail.decision];
  });
  assert.deepEqual(refused, [true, "refused"]);
  await on.says("Not sent: contains US SSN");
  assert.deepEqual(await page.evaluate(() => sent), []);
});

test("submit waits for the person where that is chosen", async (t) => {
  const { page, on } = await typed(t, "Mail ana@example.org.", "/blocks");
  await page.getByRole("button", { name: "Send" }).click();
  await on.says("Not sent: contains Email address");
  assert.deepEqual(await page.evaluate(() => sent), []);
});

test("submit leaves edits to whoever sends where that is chosen, but not what is blocked", async (t) => {
  const { page, on } = await typed(t, "Mail ana@example.org.", "/leaves");
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForFunction(() => sent.length === 1);
  assert.deepEqual(await page.evaluate(() => sent), ["Mail ana@example.org."]);
  await on.field.fill("536-22-8145");
  await page.getByRole("button", { name: "Send" }).click();
  await on.says("Not sent");
  assert.equal((await page.evaluate(() => sent)).length, 1);
});

test("without a form Enter and the button are held until the text is clear", async (t) => {
  const { page, on } = await open(t, "/formless");
  await on.seen();
  await page.evaluate(() => {
    const field = document.querySelector("textarea");
    const send = () => sent.push(field.value);
    document.querySelector("#send").addEventListener("click", send);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      send();
    });
  });
  await page.keyboard.type("Mail ana@example.org");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => sent.length === 1);
  await page.keyboard.type(" and bob@example.org");
  await page.locator("#send").click();
  await page.waitForFunction(() => sent.length === 2);
  const [first, second] = await page.evaluate(() => sent);
  assert.match(first, /^Mail <EMAIL_ADDRESS_\w+>$/);
  assert.match(second, /^Mail <EMAIL_ADDRESS_\w+> and <EMAIL_ADDRESS_\w+>$/);
  await on.field.fill("536-22-8145");
  await page.keyboard.press("Enter");
  await on.says("Not sent");
  assert.equal((await page.evaluate(() => sent)).length, 2);
});

test("an input method is not disturbed", async (t) => {
  const { page, on } = await typed(t, "ana@example.org ");
  await on.says("1 finding");
  const session = await page.context().newCDPSession(page);
  const compose = (text) =>
    session.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  await compose("にほん");
  await page.keyboard.press("F9");
  await page.evaluate(() => document.forms[0].requestSubmit());
  assert.equal(await on.field.inputValue(), "ana@example.org にほん");
  assert.equal(await on.marks.count(), 1);
  assert.deepEqual(await page.evaluate(() => sent), []);
  await compose("日本 bob@example.org");
  assert.equal(await on.marks.count(), 1);
  await session.send("Input.insertText", { text: "日本 bob@example.org" });
  await on.says("2 findings");
  assert.equal(await textAt(page, on, on.marks.nth(1)), "bob@example.org");
  await page.keyboard.press("F9");
  await on.says("2 redacted");
  assert.match(await on.field.inputValue(), /^<EMAIL_ADDRESS_\w+> 日本 <EMAIL_ADDRESS_\w+>$/);
});

test("from right to left underlines stand where the words do", async (t) => {
  const { page, on } = await typed(t, "הכתובת שלה ana@example.org בבקשה", "/rtl");
  await on.says("1 finding");
  const field = await on.field.boundingBox();
  const mark = await on.marks.nth(0).boundingBox();
  const word = await page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.font = getComputedStyle(document.querySelector("textarea")).font;
    return {
      before: canvas.measureText("הכתובת שלה ").width,
      it: canvas.measureText("ana@example.org").width,
    };
  });
  const right = field.x + field.width - 15 - word.before;
  assert.ok(Math.abs(mark.x + mark.width - right) < 3, `${mark.x + mark.width} is not ${right}`);
  assert.ok(Math.abs(mark.width - word.it) < 2);
  await picture(page, "element-rtl");
});

test("a lone surrogate takes nothing from its place", async (t) => {
  const { page, on } = await open(t);
  await on.seen();
  await page.evaluate(() =>
    document.execCommand("insertText", false, "\ud83d x ana@example.org \udc00"),
  );
  await on.says("1 finding");
  assert.equal(await textAt(page, on, on.marks.nth(0)), "ana@example.org");
  await on.field.focus();
  await page.keyboard.press("F9");
  await on.says("1 redacted");
  assert.match(await on.field.inputValue(), /^. x <EMAIL_ADDRESS_\w+> .$/);
});

test("a paste of 5 MB is looked at beside the page, and given up for another text", async (t) => {
  const { page, on } = await open(t);
  await on.seen();
  const paste = (tail) =>
    on.field.evaluate((field, tail) => {
      field.value = "some words that nobody minds\n".repeat(180_000) + tail;
      field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
    }, tail);
  await paste("ana@example.org");
  // The page goes on meanwhile: frames are drawn.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  await on.field.evaluate((field) => {
    field.value = "nothing";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  await on.says("Nothing found");
  await paste("ana@example.org");
  await on.says("1 finding");
  await on.redact.click();
  await on.says("1 redacted");
  assert.match(await on.field.evaluate((field) => field.value.slice(-30)), /<EMAIL_ADDRESS_\w+>$/);
});

test("a form in a shadow tree is held as well", async (t) => {
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(`${server.url}/bare`);
  await page.evaluate(() => {
    const host = document.querySelector("#host");
    const root = host.attachShadow({ mode: "open" });
    root.append(document.querySelector("template").content.cloneNode(true));
    root.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      sent.push(root.querySelector("textarea").value);
    });
  });
  await page.locator("textarea").click();
  await page.keyboard.type("Mail ana@example.org");
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForFunction(() => sent.length === 1);
  assert.match((await page.evaluate(() => sent))[0], /^Mail <EMAIL_ADDRESS_\w+>$/);
});

test("what the page does to the text by itself is seen", async (t) => {
  const { on } = await typed(t, "Mail ana@example.org");
  await on.says("1 finding");
  await on.field.evaluate((field) => (field.value = ""));
  await on.marks.first().waitFor({ state: "detached" });
  await on.says("Checked as you type");
});

test("WebAssembly forbidden by the page is said, and nothing is sent", async (t) => {
  const { page, on } = await open(t, strict.url);
  await on.says(/Cannot check, so nothing is sent: .*Content-Security-Policy/);
  await page.keyboard.type("hello");
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForFunction(() => events.some(({ name }) => name === "refuse"));
  assert.deepEqual(await page.evaluate(() => sent), []);
  await picture(page, "element-no-wasm");
  assert.deepEqual(await barriers(page), []);
});

test("a configuration that cannot be read is said, and nothing is sent", async (t) => {
  const { page, on } = await open(t, "/broken");
  await on.says(/Cannot check, so nothing is sent: .*polices/);
  await page.keyboard.type("hello");
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForFunction(() => events.some(({ name }) => name === "refuse"));
  assert.deepEqual(await page.evaluate(() => sent), []);
});

test("with on-fault allow it is said, and sent", async (t) => {
  const { page, on } = await open(t, "/broken-allowed");
  await on.says("Not checked");
  await page.keyboard.type("hello");
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForFunction(() => sent.length === 1);
});

test("a policy that costs more than it may is a fault, and nothing is sent", async (t) => {
  const { page, on } = await open(t);
  await on.seen();
  await page.evaluate(() => (document.querySelector("sandgate-guard").options = { fuel: 100_000 }));
  await page.waitForFunction(() => events.filter(({ name }) => name === "ready").length === 2);
  await page.keyboard.insertText("nobody minds 12 34 56 ".repeat(400));
  await page.getByRole("button", { name: "Send" }).click();
  await on.says("Not sent: the policy pii failed (fuel)");
  assert.deepEqual(await page.evaluate(() => sent), []);
});

test("where workers are forbidden it works in the page", async (t) => {
  const { on } = await typed(t, SAID, "/no-worker");
  await on.says("2 findings");
});

test("where sheets cannot be adopted they are written", async (t) => {
  const script = () => delete CSSStyleSheet.prototype.replaceSync;
  const { page, on } = await typed(t, SAID, "/written", { script });
  await on.says("2 findings");
  assert.equal(await on.bar.evaluate((bar) => getComputedStyle(bar).display), "flex");
  assert.equal(await textAt(page, on, on.marks.nth(0)), "ana@example.org");
});

test("a screen reader hears what is found once the person pauses", async (t) => {
  const { page, on } = await typed(t, SAID);
  await on.status
    .filter({ hasText: /^2 findings, 1 must not be sent: Email address, US SSN\. F8/ })
    .waitFor();
  const hint = await page.evaluate(() => {
    const id = document.querySelector("textarea").getAttribute("aria-describedby");
    return document.getElementById(id)?.textContent;
  });
  assert.match(hint, /Checked for sensitive content/);
});

test("a field that is taken out and put back is guarded again", async (t) => {
  const { page, on } = await typed(t, SAID);
  await on.says("2 findings");
  await page.evaluate(() => {
    const guard = document.querySelector("sandgate-guard");
    const { parentNode, nextSibling } = guard;
    guard.remove();
    events.length = 0;
    parentNode.insertBefore(guard, nextSibling);
  });
  await on.says("2 findings");
  assert.equal(await on.bar.count(), 1);
  assert.equal(await on.marks.count(), 2);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing, ${colorScheme}`, async (t) => {
    const { page, on } = await typed(t, SAID, "/", { colorScheme });
    await on.says("2 findings");
    assert.deepEqual(await barriers(page), []);
    await page.keyboard.press("F8");
    await on.card.waitFor();
    assert.deepEqual(await barriers(page), []);
    await picture(page, `element-${colorScheme}`);
  });
}

test("forced colours show underlines and buttons", async (t) => {
  const { page, on } = await typed(t, SAID, "/", { forcedColors: "active", colorScheme: "dark" });
  await on.says("2 findings");
  await page.keyboard.press("F8");
  await on.card.waitFor();
  await picture(page, "element-forced-colors");
});

test("less motion is less motion", async (t) => {
  const { page, on } = await open(t, "/", { reducedMotion: "reduce" });
  await on.seen();
  const animation = await on.bar.evaluate((bar) => {
    bar.classList.add("busy");
    return getComputedStyle(bar.querySelector(".icon")).animationName;
  });
  assert.equal(animation, "none");
  assert.ok(page);
});
