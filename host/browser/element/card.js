/**
 * The card at a finding: what it is, why it was found, what is done about it.
 *
 * @typedef {import("../index.js").Policy} Policy
 * @typedef {import("./spans.js").Mark} Mark
 * @typedef {import("./wording.js").Wording} Wording
 *
 * @typedef {object} Acts
 * @property {(mark: Mark) => void} redact this one only
 * @property {() => void} redactAll
 */
import { make } from "./make.js";
import { kindOf } from "./paint.js";
import { isEnforced } from "./spans.js";

export class Card {
  /** @type {Mark | undefined} what it is at */
  mark;

  /**
   * @param {ShadowRoot} root
   * @param {Wording} wording
   * @param {Acts} acts
   * @param {string} key
   */
  constructor(root, wording, acts, key) {
    this.document = root.ownerDocument;
    this.wording = wording;
    this.acts = acts;
    this.key = key;
    this.element = make(this.document, "div", { class: "card", part: "card", role: "dialog" });
    this.element.popover = "manual";
    root.append(this.element);
  }

  get isOpen() {
    return this.mark !== undefined;
  }

  /**
   * @param {Mark} mark
   * @param {DOMRect} rect where it is on screen
   * @param {readonly Policy[]} policies
   */
  open(mark, rect, policies) {
    if (this.mark !== mark) {
      const findings = mark.findings.map((finding) => this.#finding(finding, policies));
      this.element.ariaLabel = this.wording.rule(mark.findings[0].rule);
      this.element.replaceChildren(...findings, ...this.#becomes(mark), ...this.#acts(mark));
    }
    this.mark = mark;
    this.element.togglePopover(true);
    this.#place(rect);
  }

  shut() {
    this.mark = undefined;
    this.element.togglePopover(false);
  }

  /**
   * @param {import("../index.js").Finding} finding
   * @param {readonly Policy[]} policies
   */
  #finding(finding, policies) {
    const { document, wording } = this;
    const policy = policies.find(({ name }) => name === finding.policy);
    const rule = policy?.rules.find(({ name }) => name === finding.rule);
    const why = [finding.policy, wording.confidence(finding.confidence)].join(" · ");
    const action = wording.action(finding.action);
    return make(
      document,
      "div",
      { class: `finding ${kindOf(finding)}` },
      make(document, "h2", {}, wording.rule(finding.rule)),
      ...(rule?.description ? [make(document, "p", {}, rule.description)] : []),
      make(document, "p", {}, `${why} · ${action}`),
    );
  }

  /** @param {Mark} mark */
  #becomes({ becomes }) {
    if (becomes === undefined) return [];
    return [make(this.document, "p", { class: "becomes" }, this.wording.becomes(becomes))];
  }

  /** @param {Mark} mark */
  #acts(mark) {
    if (!isEnforced(mark)) return [];
    const { document, wording, acts } = this;
    const one = make(document, "button", { type: "button", class: "primary" }, wording.redact);
    const key = make(document, "kbd", {}, this.key);
    const all = make(document, "button", { type: "button" }, wording.redactAll, key);
    one.addEventListener("click", () => acts.redact(mark));
    all.addEventListener("click", acts.redactAll);
    return [make(document, "div", { class: "acts" }, one, all)];
  }

  /** Under the finding; above it where the window ends. @param {DOMRect} rect */
  #place(rect) {
    const { width, height } = this.element.getBoundingClientRect();
    const window = this.document.documentElement;
    const below = rect.bottom + 6;
    const fits = below + height <= window.clientHeight - 8;
    const { style } = this.element;
    style.left = `${Math.max(8, Math.min(rect.left, window.clientWidth - width - 8))}px`;
    style.top = `${fits ? below : Math.max(8, rect.top - height - 6)}px`;
  }

  close() {
    this.element.remove();
  }
}
