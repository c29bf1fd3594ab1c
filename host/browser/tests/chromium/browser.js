// A real Chromium, and pages in it.

import { chromium } from "playwright-core";

/** Nothing of it goes anywhere but to loopback. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--js-flags=--expose-gc",
];

/** Starts it. */
export function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** A page with the package in it; what it says on its console and what it throws is kept. */
export async function open(browser, url) {
  const page = await browser.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(`${error}`));
  await page.goto(url);
  await page.waitForFunction(() => globalThis.ready, undefined, { timeout: 30_000 });
  return { page, said };
}
