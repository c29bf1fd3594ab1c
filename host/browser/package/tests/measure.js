// How long it takes, in this Node and in Chromium: told, never asserted.

import { performance } from "node:perf_hooks";

import { root, sandgate } from "./package-under-test.js";
import { serve } from "./stage.js";
import { launch, open } from "./chromium/browser.js";

const folders = { package: root, tests: new URL("./", import.meta.url) };

/** In milliseconds: loading, the first check after it, and checks of texts of some sizes. */
async function measured({ Guard }) {
  const timed = async (run) => {
    const start = performance.now();
    await run();
    return performance.now() - start;
  };
  let guard;
  const load = await timed(async () => (guard = await Guard.load({ policies: { pii: null, secrets: null } })));
  const sentence = "Please write to ana@example.org about order 4711, and thank her for the flowers. ";
  const kib = sentence.repeat(13).slice(0, 1024);
  const first = await timed(() => guard.check(kib));
  const often = async (text, times) => (await timed(() => {
    for (let n = 0; n < times; n += 1) guard.check(text);
  })) / times;
  await often(kib, 2000);
  return { load, first, kib: await often(kib, 2000), mib: await often(kib.repeat(1024), 5) };
}

function tell(where, { load, first, kib, mib }) {
  const ms = (value) => `${value.toFixed(value < 10 ? 3 : 0)} ms`;
  console.log(`${where}: load ${ms(load)}, first check of 1 KiB ${ms(first)}, then ${ms(kib)}, 1 MiB ${ms(mib)}`);
}

tell(`Node ${process.version}`, await measured(sandgate));
const [server, browser] = await Promise.all([serve({ folders }), launch()]);
try {
  const { page } = await open(browser, `${server.url}/tests/chromium/page.html`);
  tell(`Chromium ${browser.version()}`, await page.evaluate(`(${measured})(sandgate)`));
} finally {
  await browser.close();
  server.stop();
}
