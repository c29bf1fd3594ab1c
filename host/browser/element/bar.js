/**
 * The line that says how things stand, with what can be done. Under an element of ours it has its
 * place from the beginning, so that nothing moves when it speaks; over a page of others it floats,
 * and only while there is something to say.
 *
 * @typedef {import("./spans.js").Mark} Mark
 * @typedef {import("./wording.js").Wording} Wording
 *
 * @typedef {"calm" | "busy" | "found" | "bad"} Mood
 *
 * @typedef {object} Acts
 * @property {() => void} redact
 * @property {() => void} undo
 */
import { icon, make } from "./make.js";

export class Bar {
  #saidBefore = "";

  /**
   * @param {ShadowRoot} root
   * @param {Wording} wording
   * @param {Acts} acts
   * @param {{ floats: boolean, key: string }} look
   */
  constructor(root, wording, acts, { floats, key }) {
    const document = root.ownerDocument;
    this.floats = floats;
    this.said = make(document, "span", { class: "said" });
    const redact = [wording.redact, make(document, "kbd", {}, key)];
    this.redact = make(document, "button", { type: "button", class: "primary" }, ...redact);
    this.undo = make(document, "button", { type: "button" }, wording.undo);
    const inside = [icon(document), this.said, this.undo, this.redact];
    this.element = make(document, "div", { class: "bar", part: "bar" }, ...inside);
    if (floats) this.element.popover = "manual";
    this.redact.addEventListener("click", acts.redact);
    this.undo.addEventListener("click", acts.undo);
    root.append(this.element);
    this.show("calm", "", {});
  }

  /**
   * @param {Mood} mood
   * @param {string} said
   * @param {{ canRedact?: boolean, canUndo?: boolean }} can
   */
  show(mood, said, { canRedact = false, canUndo = false }) {
    this.element.className = `bar ${mood}${this.floats ? " floating" : ""}`;
    if (said !== this.#saidBefore) this.said.textContent = said;
    this.#saidBefore = said;
    this.said.title = said;
    this.redact.hidden = !canRedact;
    this.undo.hidden = !canUndo;
    const isNews = mood === "found" || mood === "bad" || canUndo;
    if (this.floats) this.element.togglePopover(isNews);
  }

  /** Where it floats: above the end of the field. @param {DOMRect} field */
  place(field) {
    if (!this.floats || !this.element.matches(":popover-open")) return;
    const { width, height } = this.element.getBoundingClientRect();
    const above = field.top - height - 6;
    const { style } = this.element;
    style.left = `${Math.max(8, field.right - width)}px`;
    style.top = `${above >= 8 ? above : field.bottom + 6}px`;
  }

  close() {
    this.element.remove();
  }
}
