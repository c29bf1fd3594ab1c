// Pages of a real Chromium with the package in them.

export { launch } from "../../../tests/stage/chromium.js";

/** Opens a page; what it says on its console and what it throws is kept. */
export async function open(browser, url) {
  const page = await browser.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(`${error}`));
  await page.goto(url);
  await page.waitForFunction(() => globalThis.ready, undefined, { timeout: 30_000 });
  return { page, said };
}

/** How many bytes of JavaScript's memory a page uses, after it was cleaned up. */
export async function used(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}
