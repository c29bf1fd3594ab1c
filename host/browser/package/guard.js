// A configuration with its policies, ready to look at text.

import { Blind } from "./blind.js";
import { keep } from "./cores.js";
import { SandgateError, told } from "./error.js";
import { Exchange } from "./exchange.js";
import { Draft } from "./gate.js";
import { Refused, compile, compileSync, init, isReady } from "./load.js";
import { policies as own } from "./policies.js";

/** How much text is looked at before the page has its turn: a frame's worth. */
const SLICE = 32 * 1024;

export class Guard {
  #gate;
  #policies;
  #problem;

  constructor(gate, problem) {
    this.#gate = gate;
    this.#policies = Object.freeze(JSON.parse(gate.policies()));
    this.#problem = problem;
  }

  static async load(config, options = {}) {
    return init()
      .then(async () => {
        const draft = begun(config, options);
        const modules = draft.policies().map(async (name) => {
          const module = await compile(source(draft, name, options), `policies.${name}`);
          return [name, module, await WebAssembly.instantiate(module)];
        });
        for (const policy of await Promise.all(modules)) configure(draft, ...policy);
        return finished(draft, options);
      })
      .catch((error) => closed(config, error));
  }

  static loadSync(config, options) {
    if (!isReady()) throw new SandgateError("the gate: not there yet, expected `initSync` before");
    try {
      const draft = begun(config, options);
      for (const name of draft.policies()) {
        const module = compileSync(source(draft, name, options), `policies.${name}`);
        configure(draft, name, module, new WebAssembly.Instance(module));
      }
      return finished(draft, options);
    } catch (error) {
      return closed(config, error);
    }
  }

  get problem() {
    return this.#problem;
  }

  get policies() {
    return this.#policies;
  }

  get identity() {
    return this.#policies.map(({ name, digest }) => `${name}@${digest}`).join(", ");
  }

  check(text) {
    return looked(this.open(), (exchange) => seen(exchange, text).report);
  }

  redact(text) {
    return looked(this.open(), (exchange) => redacted(exchange, seen(exchange, text)));
  }

  async checkAsync(text, { signal } = {}) {
    return looked(this.open(), async (exchange) => (await seenLater(exchange, text, signal)).report);
  }

  async redactAsync(text, { signal } = {}) {
    const later = async (exchange) => redacted(exchange, await seenLater(exchange, text, signal));
    return looked(this.open(), later);
  }

  open({ scope, model, labels = {} } = {}) {
    return new Exchange(this.#gate.open(scope, model, Object.entries(labels).flat().map(String)));
  }

  /** A request on its way: for `guardFetch`. */
  pass(method, path, headers, body, scope) {
    return this.#gate.pass(method, path, headers, body, scope);
  }

  /** For how many milliseconds text may be held back. */
  get patience() {
    return this.#gate.held_ms();
  }

  free() {
    this.#gate.free();
  }
}

function begun(config, { name = "sandgate.yaml", fuel, files = {} }) {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const draft = told(() => new Draft(text, name));
  if (fuel !== undefined) draft.fuel(fuel);
  for (const [path, file] of Object.entries(files)) draft.file(path, octets(file));
  return draft;
}

/** Where a policy is: where the caller says, or in the package. */
function source(draft, name, { policies = {} }) {
  if (Object.hasOwn(policies, name)) return policies[name];
  const file = draft.file_of(name);
  if (file !== undefined) {
    const problem = `\`${file}\` is a component, expected its extracted module in \`policies\``;
    throw new SandgateError(`policies.${name}.use: ${problem}`);
  }
  if (Object.hasOwn(own, name)) return own[name];
  const known = Object.keys(own).map((known) => `\`${known}\``).join(", ");
  throw new SandgateError(`policies.${name}: no policy of this name, expected one of ${known}`);
}

function configure(draft, name, module, instance) {
  const [manifest, digest] = ["sandgate:manifest", "sandgate:source"].map((section) => {
    const [bytes] = WebAssembly.Module.customSections(module, section);
    if (bytes) return new TextDecoder().decode(bytes);
    const expected = "expected a module of `sandgate fuse --target browser`";
    throw new SandgateError(`policies.${name}: no section \`${section}\`, ${expected}`);
  });
  told(() => draft.policy(name, keep(module, instance), manifest, digest));
}

function finished(draft, { key, scope = "" }) {
  const secret = key === undefined ? undefined : octets(key);
  const random = crypto.getRandomValues(new Uint8Array(32));
  return new Guard(told(() => draft.finish(secret, random, scope)));
}

/** Where WebAssembly is forbidden there is a guard all the same, that sees nothing and says so. */
function closed(config, error) {
  if (!(error instanceof Refused)) throw error;
  console.error(`sandgate: ${error.message}`);
  return new Guard(new Blind(config), error.message);
}

/** Lets go of the exchange when the look is over, or the promise of it. */
function looked(exchange, look) {
  let later;
  try {
    const result = look(exchange);
    later = result instanceof Promise;
    return later ? result.finally(() => exchange.free()) : result;
  } finally {
    if (!later) exchange.free();
  }
}

function seen(exchange, text) {
  exchange.begin();
  const left = exchange.feed(text) + exchange.end();
  return { report: exchange.report(), left };
}

async function seenLater(exchange, text, signal) {
  exchange.begin();
  let left = exchange.feed(text.slice(0, SLICE));
  for (let at = SLICE; at < text.length; at += SLICE) {
    await turn();
    signal?.throwIfAborted();
    left += exchange.feed(text.slice(at, at + SLICE));
  }
  return { left: left + exchange.end(), report: exchange.report() };
}

/** The page has its turn. */
function turn() {
  return globalThis.scheduler?.postTask?.(() => {}) ?? new Promise((resolve) => setTimeout(resolve));
}

function redacted(exchange, { report, left }) {
  const isRefused = report.decision === "refused";
  const hasPseudonyms = report.findings.some(({ action }) => action === "pseudonymize");
  const restorer = hasPseudonyms ? exchange.restorer() : undefined;
  return {
    ...report,
    text: isRefused ? "" : left,
    edits: isRefused ? [] : exchange.edits,
    restore: (answer) => restorer?.restore(answer) ?? answer,
  };
}

function octets(given) {
  if (typeof given === "string") return new TextEncoder().encode(given);
  return ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);
}
