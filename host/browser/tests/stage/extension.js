/** Chromium with the extension in it. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { pack } from "../../extension/pack.js";
import { EXECUTABLE, FLAGS } from "./chromium.js";
import { PACKAGE } from "./server.js";

/** @param {(manifest: any) => void} [change] what a test needs otherwise in the manifest */
export async function withExtension(change = () => {}) {
  const folder = await mkdtemp(join(tmpdir(), "sandgate-extension-"));
  await pack(PACKAGE, folder);
  const extension = join(folder, "chromium");
  const file = join(extension, "manifest.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  change(manifest);
  await writeFile(file, JSON.stringify(manifest));
  const context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: EXECUTABLE,
    headless: true,
    args: [...FLAGS, `--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
    viewport: { width: 900, height: 480 },
  });
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  return {
    context,
    worker,
    origin: `chrome-extension://${new URL(worker.url()).host}`,
    async close() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
