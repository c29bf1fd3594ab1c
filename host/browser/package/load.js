// Where WebAssembly comes from: bytes, modules, URLs, responses, and files in Node.

import { SandgateError } from "./error.js";
import instantiate, { initSync as instantiateSync } from "./gate.js";

let coming;
let isHere = false;

/** Compiles the gate, once. */
export async function init(source = new URL("./gate_bg.wasm", import.meta.url)) {
  if (isHere) return;
  coming ??= compile(source, "the gate").then((module) => instantiate({ module_or_path: module }));
  try {
    await coming;
    isHere = true;
  } catch (error) {
    coming = undefined;
    throw error;
  }
}

/** The same at once, from what is at hand. */
export function initSync(source) {
  if (isHere) return;
  instantiateSync({ module: compileSync(source, "the gate") });
  isHere = true;
}

/** Whether the gate is there. */
export function isReady() {
  return isHere;
}

/** WebAssembly is not to be had here, whatever is loaded. */
export class Refused extends SandgateError {}

/** The module of a source; `what` is what errors call it. */
export async function compile(source, what) {
  const given = await source;
  try {
    if (given instanceof WebAssembly.Module) return given;
    if (typeof given === "string" || given instanceof URL) return await compile(fetched(given), what);
    if (typeof Response === "function" && given instanceof Response) return await streamed(given, what);
    return await WebAssembly.compile(given);
  } catch (error) {
    throw failure(error, what);
  }
}

export function compileSync(source, what) {
  try {
    return source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
  } catch (error) {
    throw failure(error, what);
  }
}

async function fetched(source) {
  const url = new URL(source, globalThis.document?.baseURI ?? globalThis.location?.href ?? import.meta.url);
  if (url.protocol !== "file:" || !globalThis.process?.versions?.node) return fetch(url);
  // Bundlers need not look for it: where they matter, this line is not reached.
  const files = await import(/* @vite-ignore */ /* webpackIgnore: true */ `node:${"fs/promises"}`);
  return files.readFile(url);
}

async function streamed(response, what) {
  if (!response.ok) throw new SandgateError(`${what}: the answer was ${response.status}, expected 200`);
  // Many servers do not know the type, and streams are compiled of no other.
  const type = response.headers.get("content-type") ?? "";
  if (WebAssembly.compileStreaming && type.startsWith("application/wasm")) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

function failure(error, what) {
  if (error instanceof SandgateError) return error;
  if (typeof WebAssembly === "undefined" || /unsafe-eval|content security|csp|embedder/i.test(error.message)) {
    const policy = "Content-Security-Policy: add 'wasm-unsafe-eval' to its `script-src`";
    return new Refused(`${what}: WebAssembly is not allowed by this page's ${policy}`);
  }
  return new SandgateError(`${what}: ${error.message}`);
}
