// The package as it was packed, and the modules of its policies.

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

if (!process.env.SANDGATE_PACKAGE) throw new Error("SANDGATE_PACKAGE is not set: run scripts/browser-tests");

/** Its folder. */
export const root = pathToFileURL(`${process.env.SANDGATE_PACKAGE}/`);

/** What it exports. */
export const sandgate = await import(new URL("index.js", root));

/** A policy's module. */
export async function policy(name) {
  return WebAssembly.compile(await readFile(new URL(`policies/${name}.wasm`, root)));
}
