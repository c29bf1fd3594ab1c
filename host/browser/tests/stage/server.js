/** Serves the front ends to a browser: the package at `/sandgate/`, and pages that a test makes. */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const BROWSER = fileURLToPath(new URL("../..", import.meta.url));

/** The built package: `SANDGATE_PACKAGE` names another than that of the workspace. */
export const PACKAGE =
  process.env.SANDGATE_PACKAGE ?? join(BROWSER, "../../target/browser/sandgate-browser");
if (!existsSync(join(PACKAGE, "index.js"))) {
  throw new Error(`${PACKAGE}: no package, expected one that \`scripts/browser\` built`);
}

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** What a careful page allows: no inline anything, and WebAssembly. */
export const CSP =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self'; img-src 'self'";

/**
 * @param {Record<string, string | { text: string, type?: string, csp?: string }
 *   | ((request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => void)>} pages by path
 * @param {Record<string, string>} [folders] more folders, by the path they are at
 * @param {string} [usual] the Content-Security-Policy of whatever has none of its own
 */
export async function serve(pages, folders = {}, usual = CSP) {
  const roots = {
    "/sandgate/element/": join(BROWSER, "element"),
    "/sandgate/": PACKAGE,
    ...folders,
  };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const page = pages[path];
    if (typeof page === "function") return page(request, response);
    if (page !== undefined) {
      const {
        text,
        type = ".html",
        csp = usual,
      } = typeof page === "string" ? { text: page } : page;
      response.writeHead(200, { "content-type": TYPES[type], "content-security-policy": csp });
      return response.end(text);
    }
    const found = Object.entries(roots)
      .sort(([a], [b]) => b.length - a.length)
      .find(([root]) => path.startsWith(root));
    const file = found && normalize(join(found[1], decodeURI(path.slice(found[0].length))));
    try {
      if (!file?.startsWith(normalize(found[1]))) throw new Error("outside");
      const bytes = await readFile(file);
      response.writeHead(200, {
        "content-type": TYPES[extname(file)] ?? "application/octet-stream",
        "content-security-policy": usual,
      });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
