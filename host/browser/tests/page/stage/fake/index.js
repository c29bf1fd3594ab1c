/**
 * A stand-in for the package that the front ends' own tests need nothing built for: the same API
 * over a handful of regular expressions. Which rule a match has and what is done about it is all
 * that it knows; the real package is what the tests run against where it was built.
 */

const RULES = [
  ["pii", "EMAIL_ADDRESS", /[\w.+-]+@[\w-]+\.[a-z]{2,}/g, "pseudonymize"],
  ["pii", "US_SSN", /\b\d{3}-\d{2}-\d{4}\b/g, "block"],
  ["pii", "CREDIT_CARD", /\b(?:\d{4} ){3}\d{4}\b/g, "mask"],
  ["pii", "PHONE_NUMBER", /\+\d[\d ]{8,14}\d/g, "observe"],
];
/** The fake's own: a policy that never ends. */
const LOOP = "loop for ever";
const SLICE = 64 << 10;

export class SandgateError extends Error {}

export class Guard {
  #actions;
  #key = Math.random().toString(36).slice(2, 6);
  #names = new Map();
  problem;

  static async load(config) {
    const document = typeof config === "string" ? read(config) : config;
    const unknown = Object.keys(document).find((key) => key !== "policies");
    if (unknown) throw new SandgateError(`sandgate.yaml: unknown key \`${unknown}\`, expected policies`);
    const guard = new Guard();
    guard.#actions = document.policies?.pii?.actions ?? {};
    try {
      new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    } catch {
      guard.problem = "the page's Content-Security-Policy forbids WebAssembly";
    }
    return guard;
  }

  get policies() {
    const rules = RULES.map(([, name, , action]) => ({
      name,
      description: `What looks like ${name.toLowerCase().replace("_", " ")}.`,
      action: this.#action(name, action),
    }));
    return [{ name: "pii", digest: "sha256:00", version: "0", description: "", rules }];
  }

  identity = "pii@sha256:00";

  check(text) {
    return this.redact(text);
  }

  redact(text) {
    if (this.problem) return this.#refused("fault", text, [], "unavailable");
    if (text.includes(LOOP)) return this.#refused("fault", text, [], "fuel");
    const findings = this.#findings(text);
    if (findings.some(({ action }) => action === "block")) {
      return this.#refused("finding", text, findings);
    }
    const edits = findings
      .filter(({ action }) => action !== "observe")
      .map(({ start, end, rule, action }) => ({
        start,
        end,
        text: this.#replacement(text.slice(start, end), rule, action),
      }));
    let [out, at] = ["", 0];
    for (const edit of edits) {
      out += text.slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    const decision = edits.length > 0 ? "edited" : "forward";
    return { ...this.#report(decision, text, findings), text: out + text.slice(at), edits };
  }

  async checkAsync(text, options) {
    return this.redactAsync(text, options);
  }

  async redactAsync(text, { signal } = {}) {
    for (let at = 0; at < text.length; at += SLICE) {
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
    return this.redact(text);
  }

  #findings(text) {
    const all = RULES.flatMap(([policy, rule, pattern, usual]) =>
      [...text.matchAll(pattern)].map((match) => ({
        part: 0,
        start: match.index,
        end: match.index + match[0].length,
        policy,
        rule,
        confidence: 100,
        action: this.#action(rule, usual),
      })),
    );
    return all.filter(({ action }) => action !== "allow").sort((a, b) => a.start - b.start);
  }

  #action(rule, usual) {
    return this.#actions[rule] ?? this.#actions["*"] ?? usual;
  }

  #replacement(value, rule, action) {
    if (action === "mask") return value.replace(/\d(?=.*\d{4}$|.* )/g, "*");
    if (action !== "pseudonymize") return `<${rule}>`;
    const name = `<${rule}_${this.#key}${[...this.#names.values()].indexOf(value) + 1 || this.#names.size + 1}>`;
    this.#names.set(name, value);
    return name;
  }

  #refused(refused, text, findings, kind) {
    const faults = kind ? [{ policy: "pii", kind, refused: true }] : [];
    return { ...this.#report("refused", text, findings), refused, faults, text: "", edits: [] };
  }

  #report(decision, text, findings) {
    const names = this.#names;
    const restore = (answer) =>
      [...names].reduce((out, [name, value]) => out.replaceAll(name, value), answer);
    const bytes = new TextEncoder().encode(text).length;
    return { decision, findings, faults: [], unscannable: 0, parts: 1, bytes, unsettled: 0, restore };
  }

  free() {}
}

/** JSON, or of YAML its outermost keys. */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return Object.fromEntries([...text.matchAll(/^(\w+):/gm)].map(([, key]) => [key, {}]));
  }
}
