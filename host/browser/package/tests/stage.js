// A mock model on loopback, and a server between it and the package that cuts streams at odd places.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Starts `sandgate serve --upstream mock`, which looks and changes nothing. */
export async function model() {
  const folder = await mkdtemp(join(tmpdir(), "sandgate-"));
  await writeFile(join(folder, "sandgate.yaml"), "policies: { pii: { mode: observe } }\n");
  const args = ["serve", "--upstream", "mock", "--listen", "127.0.0.1:0"];
  const child = spawn(process.env.SANDGATE, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const urls = [];
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /listen(?:s|ing) on (http:\/\/[^,\s]+)/.exec(line)?.[1];
    if (url && urls.push(url) === 2) break;
  }
  child.stderr.resume();
  const [mock, gateway] = urls;
  return {
    gateway,
    /** What the model was asked last. */
    async seen() {
      return JSON.stringify((await (await fetch(`${mock}/mock/seen`)).json()).at(-1));
    },
    async stop() {
      child.kill();
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * A server of folders, by the first segment of a path, and of everything else by the model: what it
 * answers comes in pieces of `size` bytes. `headers` are those of pages.
 */
export async function serve({ folders = {}, gateway, size = 7, headers = {} }) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const [, first, ...rest] = pathname.split("/");
    try {
      // Browsers ask for it by themselves.
      if (first === "favicon.ico") return void response.writeHead(204).end();
      if (first in folders) return await file(new URL(rest.join("/"), folders[first]), headers, response);
      await relay(gateway, size, request, response);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function file(url, headers, response) {
  const bytes = await readFile(url);
  response.writeHead(200, { "content-type": TYPES[extname(url.pathname)] ?? "text/plain", ...headers });
  response.end(bytes);
}

async function relay(gateway, size, request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
  const { "content-type": type = "", "x-sandgate-client": client = "" } = request.headers;
  const headers = { "content-type": type, "x-sandgate-client": client };
  const answer = await fetch(`${gateway}${request.url}`, { method: request.method, headers, body });
  response.writeHead(answer.status, {
    "content-type": answer.headers.get("content-type") ?? "",
    "x-sandgate-client": answer.headers.get("x-sandgate-client") ?? "",
  });
  for await (const chunk of answer.body ?? []) {
    for (let at = 0; at < chunk.length; at += size) {
      response.write(chunk.subarray(at, at + size));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  response.end();
}
