/**
 * A textarea. The browser says nothing of where in it a character is, so a mirror of it is laid out
 * unseen, with the same text in the same type, and asked instead.
 *
 * @typedef {import("../index.js").Edit} Edit
 * @typedef {import("./field.js").Field} Field
 * @typedef {import("./field.js").Span} Span
 */
import { linesOf } from "./lines.js";
import { edited, movedPlace } from "./spans.js";

/** From where on a mirror would take longer to lay out than a person waits. */
const LONGEST_MIRRORED = 200_000;
/** From where on typing an edit for the person would take longer than that. */
const LONGEST_TYPED = 50_000;

/** What of a textarea's style says where its characters are. */
const STYLE = [
  "direction",
  "font",
  "font-feature-settings",
  "font-kerning",
  "font-variant-ligatures",
  "font-variation-settings",
  "hyphens",
  "letter-spacing",
  "line-break",
  "line-height",
  "overflow-wrap",
  "tab-size",
  "text-align",
  "text-indent",
  "text-rendering",
  "text-transform",
  "unicode-bidi",
  "white-space",
  "word-break",
  "word-spacing",
  "writing-mode",
];

/** @implements {Field} */
export class Textarea {
  /** @type {HTMLDivElement | undefined} */
  #mirror;

  /**
   * @param {HTMLTextAreaElement} element
   * @param {ShadowRoot} root
   */
  constructor(element, root) {
    this.element = element;
    this.root = root;
  }

  get isWritable() {
    return !this.element.readOnly && !this.element.disabled;
  }

  read() {
    return this.element.value;
  }

  /** @param {readonly Edit[]} edits */
  async write(edits) {
    const { element } = this;
    if (edits.length === 0) return;
    const before = element.value;
    const after = edited(before, edits);
    const { selectionStart, selectionEnd, scrollTop } = element;
    // One edit around all of them is one step of the browser's undo.
    const [start, end] = [edits[0].start, edits[edits.length - 1].end];
    const put = after.slice(start, after.length - (before.length - end));
    const typed = put.length <= LONGEST_TYPED && this.#typed({ start, end, text: put });
    if (!typed) {
      element.setRangeText(put, start, end, "preserve");
      const inputType = "insertReplacementText";
      element.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, inputType }));
    }
    if (element.value !== after) return;
    element.setSelectionRange(movedPlace(selectionStart, edits), movedPlace(selectionEnd, edits));
    element.scrollTop = scrollTop;
  }

  /** @param {Edit} edit */
  #typed({ start, end, text }) {
    const { element } = this;
    element.focus({ preventScroll: true });
    element.setSelectionRange(start, end);
    const command = text === "" ? "delete" : "insertText";
    // Deprecated, and the only way that reaches the browser's undo.
    return element.ownerDocument.execCommand(command, false, text);
  }

  selection() {
    return { start: this.element.selectionStart, end: this.element.selectionEnd };
  }

  /** @param {Span} span */
  select(span) {
    const { element } = this;
    element.focus();
    element.setSelectionRange(span.start, span.end);
    const [[rect] = []] = this.rects([span]);
    if (!rect) return;
    const box = element.getBoundingClientRect();
    if (rect.top < box.top) element.scrollTop -= box.top - rect.top + rect.height;
    if (rect.bottom > box.bottom) element.scrollTop += rect.bottom - box.bottom + rect.height;
  }

  /** @param {readonly Span[]} spans */
  rects(spans) {
    const { element } = this;
    const text = element.value;
    if (text.length > LONGEST_MIRRORED || spans.length === 0) return spans.map(() => []);
    const mirror = this.#reflected(text);
    const [node, box] = [mirror.firstChild, element.getBoundingClientRect()];
    if (!node) return spans.map(() => []);
    const from = mirror.getBoundingClientRect();
    const x = box.left + element.clientLeft - element.scrollLeft - from.left;
    const y = box.top + element.clientTop - element.scrollTop - from.top;
    const range = element.ownerDocument.createRange();
    return spans.map(({ start, end }) => {
      range.setStart(node, Math.min(start, text.length));
      range.setEnd(node, Math.min(end, text.length));
      return linesOf(range).map((r) => new DOMRect(r.x + x, r.y + y, r.width, r.height));
    });
  }

  /** The mirror as the textarea is now. @param {string} text */
  #reflected(text) {
    const { element, root } = this;
    if (!this.#mirror) {
      this.#mirror = element.ownerDocument.createElement("div");
      this.#mirror.className = "mirror";
      this.#mirror.setAttribute("aria-hidden", "true");
      root.append(this.#mirror);
    }
    const { style } = this.#mirror;
    const seen = getComputedStyle(element);
    for (const name of STYLE) style.setProperty(name, seen.getPropertyValue(name));
    for (const side of ["top", "right", "bottom", "left"]) {
      style.setProperty(`padding-${side}`, seen.getPropertyValue(`padding-${side}`));
    }
    const borders = parseFloat(seen.borderLeftWidth) + parseFloat(seen.borderRightWidth);
    const bar = element.offsetWidth - element.clientWidth - Math.round(borders);
    style.width = `${element.getBoundingClientRect().width - borders - bar}px`;
    // A line that is empty and last has its height all the same.
    const shown = `${text}\u200b`;
    if (this.#mirror.textContent !== shown) this.#mirror.textContent = shown;
    return this.#mirror;
  }

  close() {
    this.#mirror?.remove();
  }
}
