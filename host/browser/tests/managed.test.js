/** The extension where a company decrees what it does, in Chromium. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { chats } from "./stage/chat.js";
import { picture } from "./stage/chromium.js";
import { CAN_DECREE, withExtension } from "./stage/extension.js";

const skip = CAN_DECREE ? false : "needs Chromium's /etc/chromium, and unshare to put a decree there";
const DECREE = {
  config: JSON.stringify({ policies: { pii: { actions: { EMAIL_ADDRESS: "block" } } } }),
  submit: "block",
  on_fault: "block",
  locked: true,
};

let extension;

before(async () => {
  if (skip) return;
  extension = await withExtension(undefined, DECREE);
  await chats(extension.context, { "https://chatgpt.com": "prosemirror" });
  // What the person chose before: all of it is overruled.
  await extension.worker.evaluate(() =>
    chrome.storage.local.set({
      config: "policies: { secrets: }",
      submit: "redact",
      onFault: "allow",
      off: ["ChatGPT"],
    }),
  );
});

after(() => extension?.close());

test("a decree is in force over what the person chose", { skip }, async (t) => {
  const page = await extension.context.newPage();
  t.after(() => page.close());
  await page.goto("https://chatgpt.com/c/1");
  await page.locator("[contenteditable=true]").first().click();
  await page.keyboard.type("Mail ana@example.org now");
  const said = page.locator(".said").filter({ hasText: "must not be sent" });
  await said.waitFor({ timeout: 30_000 });
  await page.keyboard.press("Enter");
  await page.locator(".said").filter({ hasText: "Not sent" }).waitFor();
  assert.deepEqual(await page.evaluate(() => globalThis.sent), []);
});

test("the options show a decree, and do not let it be changed", { skip }, async (t) => {
  const page = await extension.context.newPage();
  t.after(() => page.close());
  await page.goto(`${extension.origin}/options.html`);
  await page.getByText("Your organisation decides this.").waitFor();
  const config = page.getByRole("textbox", { name: "Configuration" });
  assert.equal(await config.inputValue(), DECREE.config);
  assert.equal(await config.isEditable(), false);
  const controls = [
    ...(await page.getByRole("checkbox").all()),
    ...(await page.getByRole("combobox").all()),
  ];
  assert.ok(controls.length > 5);
  for (const control of controls) assert.equal(await control.isDisabled(), true);
  await picture(page, "options-managed");
});
