/**
 * An editable element with whatever markup a page nests in it, as one text: its text nodes one after
 * the other, and a line break where a block or a `<br>` makes one on screen.
 *
 * @typedef {import("../index.js").Edit} Edit
 * @typedef {import("./field.js").Field} Field
 * @typedef {import("./field.js").Span} Span
 *
 * @typedef {{ node: Text, at: number }} Piece a text node and where in the text it starts
 */
import { linesOf } from "./lines.js";

/** Elements that a line begins and ends with, whatever a page's style says. */
const BLOCKS = new Set(
  `ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DIV DL DT FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6
   HEADER HR LI MAIN NAV OL P PRE SECTION TABLE TD TH TR UL`.split(/\s+/),
);
/** Elements that hold no text of the person's. */
const SILENT = new Set(["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT"]);

/** @implements {Field} */
export class Editable {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
  }

  get isWritable() {
    return this.element.isContentEditable;
  }

  read() {
    return this.#map().text;
  }

  /**
   * One edit after the other from the last to the first, so that the markup around each stays; an
   * editor that keeps a document of its own gets the time to take each.
   *
   * @param {readonly Edit[]} edits
   */
  async write(edits) {
    const document = this.element.ownerDocument;
    const before = this.read();
    for (const { start, end, text } of [...edits].reverse()) {
      const map = this.#map();
      // Somebody else changed the text: what was decided of it holds no more.
      if (map.text.slice(0, end) !== before.slice(0, end)) return;
      const range = rangeIn(map.pieces, { start, end }, document);
      if (!range) return;
      this.element.focus({ preventScroll: true });
      this.#selectRange(range);
      await aTask();
      const command = text === "" ? "delete" : "insertText";
      document.execCommand(command, false, text);
      await aTask();
    }
  }

  selection() {
    const selection = this.#selected();
    if (!selection?.rangeCount) return undefined;
    const range = selection.getRangeAt(0);
    if (!this.element.contains(range.commonAncestorContainer)) return undefined;
    const { pieces } = this.#map();
    const start = placeOf(pieces, range.startContainer, range.startOffset);
    const end = placeOf(pieces, range.endContainer, range.endOffset);
    return { start, end: Math.max(start, end) };
  }

  /** @param {Span} span */
  select(span) {
    const range = this.ranges([span])[0];
    if (!range) return;
    this.element.focus({ preventScroll: true });
    this.#selectRange(range);
    range.startContainer.parentElement?.scrollIntoView({ block: "nearest" });
  }

  /** @param {readonly Span[]} spans */
  rects(spans) {
    return this.ranges(spans).map((range) => (range ? linesOf(range) : []));
  }

  /** @param {readonly Span[]} spans @returns {(Range | undefined)[]} */
  ranges(spans) {
    const { pieces } = this.#map();
    return spans.map((span) => rangeIn(pieces, span, this.element.ownerDocument));
  }

  close() {}

  /** @param {Range} range */
  #selectRange(range) {
    const selection = this.#selected();
    selection?.removeAllRanges();
    selection?.addRange(range);
  }

  /** @returns {Selection | null} */
  #selected() {
    const root = /** @type {any} */ (this.element.getRootNode());
    // In a shadow tree Chromium has a selection of its own, and elsewhere it is the document's.
    return root.getSelection ? root.getSelection() : this.element.ownerDocument.getSelection();
  }

  #map() {
    /** @type {Piece[]} */
    const pieces = [];
    let text = "";
    /** A line ended, and begins with the next text. */
    let broken = false;
    const breakLine = () => {
      broken = text !== "";
    };
    /** @param {Node} node */
    const walk = (node) => {
      for (let child = node.firstChild; child; child = child.nextSibling) {
        if (child instanceof Text) {
          if (child.data === "") continue;
          if (broken) text += "\n";
          broken = false;
          pieces.push({ node: child, at: text.length });
          text += child.data;
        } else if (child instanceof Element && !SILENT.has(child.tagName)) {
          const isBlock = BLOCKS.has(child.tagName);
          if (isBlock) breakLine();
          if (child.tagName === "BR") {
            if (broken) text += "\n";
            breakLine();
          } else {
            walk(child);
          }
          if (isBlock) breakLine();
        }
      }
    };
    walk(this.element);
    return { text, pieces };
  }
}

/**
 * @param {readonly Piece[]} pieces
 * @param {Span} span
 * @param {Document} document
 */
function rangeIn(pieces, { start, end }, document) {
  const first = pieceAt(pieces, start, false);
  const last = pieceAt(pieces, end, true);
  if (!first || !last) return undefined;
  const range = document.createRange();
  range.setStart(first.node, Math.min(Math.max(start - first.at, 0), first.node.length));
  range.setEnd(last.node, Math.min(Math.max(end - last.at, 0), last.node.length));
  return range;
}

/**
 * The piece that a place is in. Where one ends and the next begins, which of them is the question
 * of whether a span ends there.
 *
 * @param {readonly Piece[]} pieces
 * @param {number} place
 * @param {boolean} isEnd
 */
function pieceAt(pieces, place, isEnd) {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const isBefore = isEnd ? pieces[middle].at < place : pieces[middle].at <= place;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return pieces[Math.max(low - 1, 0)];
}

/**
 * @param {readonly Piece[]} pieces
 * @param {Node} container
 * @param {number} offset
 */
function placeOf(pieces, container, offset) {
  const own = pieces.find(({ node }) => node === container);
  if (own) return own.at + offset;
  const after = container.childNodes[offset] ?? null;
  const next = pieces.find(({ node }) => after && (after.contains(node) || isBefore(after, node)));
  const last = pieces.at(-1);
  return next?.at ?? (last ? last.at + last.node.length : 0);
}

/** @param {Node} a @param {Node} b */
function isBefore(a, b) {
  return (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}

/** Lets events that wait, as that the selection changed, come first. */
function aTask() {
  return new Promise((resolve) => setTimeout(resolve));
}
