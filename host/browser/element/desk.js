/**
 * Where a guard sits and answers: in a worker, in an extension's background, or in the page itself
 * where no worker may be had. What is asked and what is answered are plain data.
 *
 * It keeps the text of nothing but what it must be able to restore, and that only in its guard.
 *
 * @typedef {import("../index.js").Config} Config
 * @typedef {import("../index.js").Edit} Edit
 * @typedef {import("../index.js").LoadOptions} LoadOptions
 * @typedef {import("../index.js").Policy} Policy
 * @typedef {import("../index.js").Redacted} Redacted
 * @typedef {import("../index.js").Report} Report
 * @typedef {typeof import("../index.js").Guard} Guards
 * @typedef {import("../index.js").Guard} Guard
 *
 * @typedef {object} Loaded
 * @property {string} [problem] why it looks at nothing, where it cannot
 * @property {Policy[]} policies
 *
 * @typedef {Report & { edits: Edit[] }} Look what the guard sees in a text and would do about it
 * @typedef {Look & { text: string }} Cleaned the same, done
 */
import { composed, edited, marksOf, changeOf } from "./spans.js";

/** How many redacted texts answers are restored from; older ones are forgotten. */
const REMEMBERED = 64;

export class Desk {
  /** @type {Guard | undefined} */
  #guard;
  #loads = 0;
  /** @type {Redacted[]} the last first */
  #redacted = [];

  /** @param {Guards} guards the package's `Guard` */
  constructor(guards) {
    this.guards = guards;
  }

  /**
   * Takes a configuration, the last one that is given, however long each takes to load. What was
   * redacted before can still be restored.
   *
   * @param {{ config: Config, options?: LoadOptions }} asked
   * @returns {Promise<Loaded>}
   */
  async load({ config, options }) {
    const load = ++this.#loads;
    const guard = await this.guards.load(config, options);
    if (load === this.#loads) this.#guard = guard;
    const { problem, policies } = guard;
    return { problem, policies: [...policies] };
  }

  /**
   * @param {{ text: string }} asked
   * @param {AbortSignal} [signal]
   * @returns {Promise<Look>}
   */
  async look({ text }, signal) {
    const { first, edits } = await this.#seen(text, signal);
    return { ...plain(first), edits };
  }

  /**
   * Makes a text one that may leave, and remembers what to restore in an answer to it.
   *
   * @param {{ text: string }} asked
   * @param {AbortSignal} [signal]
   * @returns {Promise<Cleaned>}
   */
  async clean({ text }, signal) {
    const { first, left, edits } = await this.#seen(text, signal);
    if (left.edits.length > 0) {
      this.#redacted = [left, ...this.#redacted].slice(0, REMEMBERED);
    }
    return { ...plain(left), findings: first.findings, edits, text: left.text };
  }

  /**
   * A text as it came, what is left of it, and the edits between. What is blocked is redacted, as
   * it could never leave otherwise.
   *
   * @param {string} text
   * @param {AbortSignal} [signal]
   */
  async #seen(text, signal) {
    const guard = this.#guard;
    if (!guard) throw new Error("no configuration was loaded");
    const first = await guard.redactAsync(text, { signal });
    if (first.refused !== "finding") return { first, left: first, edits: first.edits };
    const blocked = marksOf(first.findings).filter(({ action }) => action === "block");
    const holes = blocked.map(({ start, end, findings }) => {
      const worst = findings.find(({ action }) => action === "block") ?? findings[0];
      return { start, end, text: `<${worst.rule}>` };
    });
    const left = await guard.redactAsync(edited(text, holes), { signal });
    if (left.decision === "refused") return { first, left, edits: [] };
    const edits = composed(holes, left.edits);
    if (edited(text, edits) === left.text) return { first, left, edits };
    const { start, before, after } = changeOf(text, left.text);
    return { first, left, edits: [{ start, end: before, text: left.text.slice(start, after) }] };
  }

  /**
   * An answer with the person's own words in place of the pseudonyms.
   *
   * @param {{ answer: string }} asked
   */
  async restore({ answer }) {
    return this.#redacted.reduce((text, redacted) => redacted.restore(text), answer);
  }

  /** Forgets what it could have restored. */
  async forget() {
    this.#redacted = [];
  }
}

/** Without what cannot be sent. @param {Redacted} redacted @returns {Look} */
function plain(redacted) {
  const { decision, refused, findings, faults, unscannable, parts, bytes, unsettled, edits } =
    redacted;
  return { decision, refused, findings, faults, unscannable, parts, bytes, unsettled, edits };
}
