// A page that Vite built, in real Chromium.

import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";

import { build } from "vite";

import { root } from "../package-under-test.js";
import { serve } from "../stage.js";
import { launch, open } from "./browser.js";

const HTML = `<!doctype html><meta charset="utf-8"><script type="module" src="./main.js"></script>`;
const MAIN = `
import { Guard } from "sandgate-browser";
const guard = await Guard.load({ policies: { pii: { actions: { "*": "redact" } }, secrets: null } });
globalThis.left = guard.redact("mail ana@example.org").text;
globalThis.ready = true;
`;

test("a bundle finds its WebAssembly", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sandgate-"));
  await mkdir(join(folder, "node_modules"));
  await cp(root, join(folder, "node_modules/sandgate-browser"), { recursive: true });
  await writeFile(join(folder, "index.html"), HTML);
  await writeFile(join(folder, "main.js"), MAIN);
  await build({ root: folder, base: "./", logLevel: "error", build: { target: "es2022" } });
  const server = await serve({ folders: { dist: pathToFileURL(`${folder}/dist/`) } });
  const browser = await launch();
  try {
    const { page, said } = await open(browser, `${server.url}/dist/index.html`);
    assert.deepEqual([await page.evaluate(() => left), said], ["mail <EMAIL_ADDRESS>", []]);
  } finally {
    await browser.close();
    server.stop();
    await rm(folder, { recursive: true });
  }
});
