/** Chromium with the extension in it. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { pack } from "../../extension/pack.js";
import { EXECUTABLE, FLAGS } from "./chromium.js";
import { PACKAGE } from "./server.js";

/** Where Debian's Chromium reads what a company decrees, and nowhere else. */
const DECREED = "/etc/chromium";

/** Whether a process here may have a view of the file system of its own. */
export const CAN_DECREE =
  spawnSync("unshare", ["-rm", "mount", "--bind", tmpdir(), DECREED]).status === 0;

/**
 * @param {(manifest: any) => void} [change] what a test needs otherwise in the manifest
 * @param {Record<string, unknown>} [managed] what the company decrees; needs `CAN_DECREE`
 */
export async function withExtension(change = () => {}, managed) {
  const folder = await mkdtemp(join(tmpdir(), "sandgate-extension-"));
  await pack(PACKAGE, folder);
  const extension = join(folder, "chromium");
  const file = join(extension, "manifest.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  change(manifest);
  await writeFile(file, JSON.stringify(manifest));
  const context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: managed ? await under(managed, extension, folder) : EXECUTABLE,
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

/**
 * A Chromium that sees a decree where it looks for one, and nobody else does.
 *
 * @param {Record<string, unknown>} managed
 * @param {string} extension
 * @param {string} folder
 */
async function under(managed, extension, folder) {
  // The name of an unpacked extension is made of where it is.
  const path = createHash("sha256").update(await realpath(extension)).digest("hex");
  const letters = [...path.slice(0, 32)].map((digit) => "abcdefghijklmnop"[parseInt(digit, 16)]);
  const decree = { "3rdparty": { extensions: { [letters.join("")]: managed } } };
  const place = join(folder, "decreed", "policies", "managed");
  await mkdir(place, { recursive: true });
  await writeFile(join(place, "sandgate.json"), JSON.stringify(decree));
  const starts = join(folder, "chromium-under-a-decree");
  const inside = `mount --bind "$0" ${DECREED} && exec "$@"`;
  const command = `exec unshare -rm sh -c '${inside}' '${join(folder, "decreed")}' '${EXECUTABLE}' "$@"`;
  await writeFile(starts, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  return starts;
}
