/** Real Chromium, driven as a person would. */
import { mkdtempSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

export const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Where pictures of what was tested are put: looked at by whoever changes how things look. */
export const PICTURES = process.env.SANDGATE_PICTURES ?? mkdtempSync(join(tmpdir(), "sandgate-"));

export function launch() {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS });
}

/** @param {import("playwright-core").Page} page @param {string} name */
export async function picture(page, name) {
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8");

/**
 * What axe finds wrong with the page.
 *
 * @param {import("playwright-core").Page | import("playwright-core").Frame} page
 * @returns {Promise<string[]>}
 */
export async function barriers(page) {
  // Evaluated by the debugger, which no Content-Security-Policy hinders.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
    );
  });
}
