/** Stand-ins for chat sites, under the addresses of the real ones: no request leaves the machine. */
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const STYLE = `body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: #212121; color: #ececec; }
  main { max-width: 40rem; margin: 0 auto; padding: 9rem 1rem 2rem; } h1 { font-size: 1.5rem; text-align: center; }
  .composer { display: flex; gap: .5rem; align-items: end; padding: .75rem; background: #303030; border-radius: 1.5rem; }
  #box { flex: 1; min-width: 0; } #box > *, textarea { width: 100%; min-height: 3rem; box-sizing: border-box; padding: .5rem;
  background: none; border: 0; outline: 0; color: inherit; font: inherit; } #box p { margin: 0; }
  .ql-clipboard { position: absolute; left: -100000px; height: 1px; overflow: hidden; }
  #send { border: 0; border-radius: 50%; width: 2.25rem; height: 2.25rem; background: #fff; color: #000; }`;

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'";

/**
 * @param {import("playwright-core").BrowserContext} context
 * @param {Record<string, string>} editors by host, the editor that its chat has
 */
export async function chats(context, editors) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("editors.js", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    logLevel: "error",
  });
  const script = outputFiles[0].text;
  for (const [host, editor] of Object.entries(editors)) {
    const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${host}</title>
      <style>${STYLE}</style><body data-editor="${editor}"><main><h1>What are you working on?</h1>
      <div class="composer"><div id="box"></div><button id="send" aria-label="Send message">↑</button></div>
      </main><script src="/chat.js"></script></body></html>`;
    await context.route(`${host}/**`, (route) => {
      const isScript = route.request().url().endsWith("/chat.js");
      return route.fulfill({
        headers: { "content-security-policy": CSP },
        contentType: isScript ? "text/javascript" : "text/html; charset=utf-8",
        body: isScript ? script : page,
      });
    });
  }
}
