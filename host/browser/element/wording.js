/**
 * What a person reads and hears. Whoever wants another language gives other functions of the same
 * names.
 *
 * @typedef {import("./spans.js").Mark} Mark
 * @typedef {typeof english} Wording
 */
import { isEnforced } from "./spans.js";

/** @type {Record<import("../index.js").Action, string>} */
const ACTIONS = {
  allow: "stays",
  observe: "stays, and is counted",
  mask: "is masked",
  redact: "is redacted",
  hash: "is hashed",
  pseudonymize: "gets a pseudonym, restored in the answer",
  replace: "is replaced",
  block: "must not be sent",
};

/** Words that a rule's name has in capitals. */
const CAPITALS = new Set(
  "API BIC CVV DE ES EU FR GB IBAN ID IP IT JWT MAC NHS NIF PL SSH SSN UK URL US VAT".split(" "),
);

export const english = {
  loading: "Loading policies…",
  checking: "Checking…",
  empty: "Checked as you type, on this device",
  clean: "Nothing found",
  redact: "Redact",
  redactAll: "Redact all",
  undo: "Undo",
  hint: "Checked for sensitive content while you type.",

  /** @param {string} rule `EMAIL_ADDRESS` */
  rule(rule) {
    const words = rule.split("_").map((word) => (CAPITALS.has(word) ? word : word.toLowerCase()));
    const name = words.join(" ");
    return name.charAt(0).toUpperCase() + name.slice(1);
  },

  /** @param {import("../index.js").Action} action */
  action: (action) => ACTIONS[action],

  /** @param {number} confidence in per cent */
  confidence: (confidence) => `${confidence} % sure`,

  /** @param {string} replacement */
  becomes: (replacement) => `Becomes ${replacement}`,

  /** @param {readonly Mark[]} marks */
  found(marks) {
    const [stay, go] = [marks.filter((mark) => !isEnforced(mark)), marks.filter(isEnforced)];
    if (go.length === 0) return `${count(stay.length, "finding")}, nothing to do`;
    const blocked = go.filter(({ action }) => action === "block").length;
    const must = blocked > 0 ? `, ${blocked} must not be sent` : "";
    return `${count(marks.length, "finding")}${must}`;
  },

  /** @param {readonly Mark[]} marks @param {{ next: string, redact: string }} keys */
  announced(marks, keys) {
    if (marks.length === 0) return this.clean;
    const rules = new Set(marks.map(({ findings: [first] }) => this.rule(first.rule)));
    const names = [...rules].slice(0, 4).join(", ");
    return `${this.found(marks)}: ${names}. ${keys.next} to review, ${keys.redact} to redact.`;
  },

  /** @param {Mark} mark @param {number} at from 0 @param {number} of */
  reviewed(mark, at, of) {
    const [first] = mark.findings;
    return `Finding ${at + 1} of ${of}: ${this.rule(first.rule)}, ${this.action(mark.action)}`;
  },

  /** @param {number} number */
  redacted: (number) => `${number} redacted`,
  undone: "Undone",
  nothingToRedact: "Nothing to redact",

  /** @param {readonly Mark[]} marks @param {{ redact: string }} keys */
  refused(marks, keys) {
    const blocked = marks.filter(({ action }) => action === "block");
    const [first] = blocked.length > 0 ? blocked : marks.filter(isEnforced);
    const what = first ? this.rule(first.findings[0].rule) : "this text";
    return `Not sent: contains ${what}. ${keys.redact} redacts it.`;
  },

  /** @param {import("../index.js").Fault} fault */
  fault: ({ policy, kind }) =>
    `Not sent: the policy ${policy} failed (${typeof kind === "string" ? kind : "wrong answer"})`,

  unreadable: "Not sent: something in it could not be checked",
  unwritable: "Not sent: this box did not take the redaction",
  /** @param {string} problem */
  blocked: (problem) => `Cannot check, so nothing is sent: ${problem}`,
  /** @param {string} problem */
  unchecked: (problem) => `Not checked: ${problem}`,
};

/** @param {number} number @param {string} noun */
function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
