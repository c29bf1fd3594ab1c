/**
 * Sandgate in the browser: what a person types is checked and redacted before it leaves the page,
 * by the same policies and the same configuration that a gateway enforces.
 *
 * ```js
 * import { Guard, guardFetch } from "sandgate-browser";
 *
 * const guard = await Guard.load({ policies: { pii: { actions: { "*": "pseudonymize" } } } });
 * guard.check("mail ana@example.org").findings; // [{ rule: "EMAIL_ADDRESS", start: 5, end: 20, … }]
 * const redacted = guard.redact("mail ana@example.org");
 * redacted.text;                                // "mail <EMAIL_ADDRESS_k7f2>"
 * redacted.restore("I mailed <EMAIL_ADDRESS_k7f2>."); // "I mailed ana@example.org."
 * const fetch = guardFetch(globalThis.fetch, guard);  // redacts requests, restores answers
 * ```
 *
 * Offsets are those of JavaScript strings: UTF-16 code units, as `text.slice(start, end)` takes
 * them. A lone surrogate is read as U+FFFD, as everywhere where JavaScript's text becomes UTF-8;
 * it has length one both ways, so offsets stay right.
 */

/** What is done about a rule's findings. */
export type Action =
  | "allow"
  | "observe"
  | "mask"
  | "redact"
  | "hash"
  | "pseudonymize"
  | "replace"
  | "block";

/** What becomes of a text: it goes on as it came, with edits, or not at all. */
export type Decision = "forward" | "edited" | "refused";

/** Why a text was refused. */
export type Refusal = "finding" | "fault" | "unscannable" | "held";

/** A rule's match. It holds none of the text. */
export interface Finding {
  /** The number of the text in its exchange, from 0. */
  part: number;
  /** Where it starts: UTF-16 code units from the start of the text. */
  start: number;
  /** Where it ends, after its last code unit. */
  end: number;
  /** The policy's name in the configuration. */
  policy: string;
  /** The rule's name, as `EMAIL_ADDRESS`. */
  rule: string;
  /** How sure, in per cent. */
  confidence: number;
  /** What the configuration does about the rule. */
  action: Action;
}

/** A policy that failed. */
export interface Fault {
  /** The policy's name in the configuration. */
  policy: string;
  /** Which way: `"trap"`, `"fuel"`, `"stack"`, `{ answer: "offsets" }`, or `"unavailable"` where it
   * could not even be loaded (see {@link Guard.problem}). */
  kind: string | { answer: string };
  /** Whether the text was refused for it. */
  refused: boolean;
}

/** What happened, without content. */
export interface Report {
  decision: Decision;
  /** Why it was refused, where it was. */
  refused?: Refusal;
  /** In the order of the text. */
  findings: Finding[];
  faults: Fault[];
  /** How many things nobody could read. */
  unscannable: number;
  /** How many texts were looked at. */
  parts: number;
  /** How many bytes of UTF-8 they have together. */
  bytes: number;
  /** How many bytes left unsettled because `limits.held` was reached. */
  unsettled: number;
  /** How many pseudonyms of an answer became a person's own words again. */
  restored?: number;
}

/** What happened to a request and its response. Their texts are strings inside of bodies, so
 * findings have no offsets. */
export interface Summary extends Omit<Report, "findings"> {
  findings: Omit<Finding, "start" | "end">[];
}

/** What stands in a text instead of a span of it. */
export interface Edit {
  /** UTF-16 code units from the start of the text as it came. */
  start: number;
  end: number;
  text: string;
}

/** What became of a text. */
export interface Redacted extends Report {
  /** The text as it may leave; empty where it was refused. */
  text: string;
  /** How it differs from the text as it came, in order; empty where it was refused. */
  edits: Edit[];
  /** An answer with the person's own words in place of the pseudonyms. */
  restore(answer: string): string;
}

/** One of a guard's policies. */
export interface Policy {
  /** Its name in the configuration. */
  name: string;
  /** `sha256:` and the SHA-256 of the component that it was extracted from, in hex. */
  digest: string;
  version: string;
  description: string;
  /** What it can find. */
  rules: Rule[];
}

/** One thing a policy can find. */
export interface Rule {
  name: string;
  /** In one line; empty for a rule that the configuration itself wrote. */
  description: string;
  /** What the configuration does about it. */
  action: Action;
}

/** WebAssembly, or where it is: bytes, a compiled module, a URL, or a response. */
export type Source =
  | WebAssembly.Module
  | BufferSource
  | Response
  | URL
  | string
  | Promise<WebAssembly.Module | BufferSource | Response>;

/**
 * The document that says what is done about findings: `sandgate.yaml` as an object, or as JSON
 * text. YAML is a third of a megabyte to read, so a page that has it as YAML brings its own reader;
 * `sandgate schema` prints the document's schema.
 */
export type Config = string | { [key: string]: unknown };

export interface LoadOptions {
  /** Policies by the name they have in the configuration: modules that `sandgate fuse --target
   * browser` extracted. Those that came with the package need not be given. */
  policies?: Record<string, Source>;
  /** The files that the configuration's `assets` names, by the paths it has for them. */
  files?: Record<string, BufferSource | string>;
  /** The secret that hashes and pseudonyms are made with, at least 16 bytes. Without it every guard
   * makes one of its own, and no pseudonym of another page's life is met again. */
  key?: Uint8Array | string;
  /** Whose pseudonyms these are: equal values of one person get equal ones. */
  scope?: string;
  /** What the configuration's errors call it, `sandgate.yaml`. */
  name?: string;
  /** What one call of a policy may cost, in WebAssembly instructions more or less: 1e9, a tenth of a
   * second. */
  fuel?: number;
}

/** Synchronous loading has everything at hand. */
export interface LoadSyncOptions extends LoadOptions {
  policies: Record<string, WebAssembly.Module | BufferSource>;
}

/** Compiles the gate, once. `Guard.load` does it by itself. */
export function init(source?: Source): Promise<void>;

/** Compiles the gate from what is at hand: for workers, and wherever nothing may be awaited. */
export function initSync(source: WebAssembly.Module | BufferSource): void;

/** What is wrong with a configuration, a policy, or an environment. Never holds a prompt's text. */
export class SandgateError extends Error {}

/** A configuration with its policies, ready to look at text. */
export class Guard {
  private constructor();

  /**
   * Loads and configures every policy of `config`.
   *
   * Where the page's Content-Security-Policy forbids WebAssembly there is still a guard, closed by
   * default: it refuses every text, unless every policy's `on_fault` is `allow`; {@link problem}
   * says why.
   *
   * @throws {SandgateError} with the place in the configuration and what was expected there.
   */
  static load(config: Config, options?: LoadOptions): Promise<Guard>;

  /** The same after {@link initSync}, with the policies at hand. */
  static loadSync(config: Config, options: LoadSyncOptions): Guard;

  /** Why it looks at nothing, where it cannot; else undefined. */
  readonly problem: string | undefined;

  /** In the order of their names. */
  readonly policies: readonly Policy[];

  /** What its policies are, as the header `x-sandgate-client` says it: `pii@sha256:…, secrets@…`. */
  readonly identity: string;

  /** What the policies see in a whole text that a person wrote. */
  check(text: string): Report;

  /** What becomes of a whole text that a person wrote. */
  redact(text: string): Redacted;

  /** {@link check} in slices, so that a page stays responsive whatever was pasted.
   * @throws the signal's reason once it is aborted. */
  checkAsync(text: string, options?: { signal?: AbortSignal }): Promise<Report>;

  /** {@link redact} in slices. */
  redactAsync(text: string, options?: { signal?: AbortSignal }): Promise<Redacted>;

  /** For text that comes in parts and chunks. */
  open(context?: Context): Exchange;

  /** Lets go of its memory. It is not to be used after that. */
  free(): void;
}

/** What is known of an exchange before its text. */
export interface Context {
  /** The model asked for. */
  model?: string;
  /** Whatever else policies are told. */
  labels?: Record<string, string>;
  /** Whose pseudonyms these are; the guard's `scope` without it. */
  scope?: string;
}

/** One piece of text in a request or an answer. By default a request's, by its user. */
export interface Part {
  direction?: "request" | "response";
  role?: "system" | "user" | "assistant" | "tool-call" | "tool-result" | "other";
  name?: string;
}

/**
 * One request with its answer: parts one after the other, each of them `begin`, any number of
 * `feed`s, `end`. What was pseudonymized in a part of the request is restored in parts of the
 * response.
 */
export interface Exchange {
  /** A part begins. What was not released of one before it never will be. */
  begin(part?: Part): void;
  /** More text, cut wherever; gives what may leave now, edits made. */
  feed(chunk: string): string;
  /** The part is over; gives the rest of it. */
  end(): string;
  /** How many bytes are held back. */
  readonly held: number;
  /** Text was held for too long: does as `limits.on_held` says. */
  overdue(): string;
  /** What happened, so far. */
  report(): Report;
  /** A text with the person's own words in place of the pseudonyms. */
  restore(answer: string): string;
  free(): void;
}

export interface FetchOptions {
  /** Which requests are guarded; all of them without it. */
  match?: (request: Request) => boolean;
  /** Whose pseudonyms are made; the guard's `scope` without it. */
  scope?: string;
  /** Whether requests carry `x-sandgate-client`, so that a gateway sees what looked at them
   * before. By default those to the page's own origin do: for any other, a header of ours would
   * have to be allowed by it. */
  announce?: boolean;
  /** Is told what happened once an exchange is over, refused or left. */
  onReport?: (summary: Summary, request: Request) => void;
}

/**
 * A `fetch` that understands the providers' formats: requests are redacted, responses inspected and
 * restored while they stream, and a refusal is a response in the provider's own shape. The header
 * `x-sandgate` of a response says what was done: `forward`, `edited`, `refused`. What cannot be
 * read is refused unless the configuration has `on_unscannable: allow`.
 */
export function guardFetch(
  fetch: typeof globalThis.fetch,
  guard: Guard,
  options?: FetchOptions,
): typeof globalThis.fetch;
