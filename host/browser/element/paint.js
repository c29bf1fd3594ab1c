/**
 * Underlines. Over a textarea they are boxes on a layer above it; in an editable element the browser
 * draws them itself where its CSS Custom Highlight API can, and else they are boxes as well. Neither
 * touches what the page made.
 *
 * @typedef {import("./field.js").Field} Field
 * @typedef {import("./spans.js").Mark} Mark
 *
 * @typedef {object} Painter
 * @property {(marks: readonly Mark[], current?: Mark) => void} draw
 * @property {() => void} close
 */
import { Editable } from "./editable.js";
import { isEnforced } from "./spans.js";
import { adopt, HIGHLIGHTS } from "./sheet.js";

/** More underlines than these nobody looks at, and the page would be slow. */
const MOST = 1_000;

/** @typedef {"block" | "edit" | "observe"} Kind how much it matters to the person */
/** @type {Kind[]} */
const KINDS = ["observe", "edit", "block"];

/** @param {Pick<Mark, "action">} mark @returns {Kind} */
export function kindOf(mark) {
  if (mark.action === "block") return "block";
  return isEnforced(mark) ? "edit" : "observe";
}

/**
 * @param {Field} field
 * @param {ShadowRoot} root
 * @returns {Painter}
 */
export function painterOf(field, root) {
  const isDrawn = field instanceof Editable && canUnderline();
  return isDrawn ? new Highlighter(field) : new Boxes(field, root);
}

/** Firefox has highlights, and as of 140 draws no underlines in them. */
function canUnderline() {
  const isFirefox = CSS.supports("-moz-appearance", "none");
  return "highlights" in CSS && typeof Highlight === "function" && !isFirefox;
}

/** @implements {Painter} */
class Highlighter {
  /** @type {Map<string, Range[]>} what of each highlight is ours */
  #own = new Map();

  /** @param {Editable} field */
  constructor(field) {
    this.field = field;
    adopt(/** @type {Document | ShadowRoot} */ (field.element.getRootNode()), HIGHLIGHTS);
  }

  /**
   * @param {readonly Mark[]} marks
   * @param {Mark} [current]
   */
  draw(marks, current) {
    const few = marks.slice(0, MOST);
    const ranges = this.field.ranges(few);
    for (const [idx, kind] of KINDS.entries()) {
      this.#put(
        kind,
        idx,
        ranges.filter((range, at) => range && kindOf(few[at]) === kind),
      );
    }
    this.#put("current", KINDS.length, current ? this.field.ranges([current]) : []);
  }

  /**
   * @param {string} kind
   * @param {number} priority
   * @param {(Range | undefined)[]} ranges
   */
  #put(kind, priority, ranges) {
    const name = `sandgate-${kind}`;
    // There is one of a name for all fields of a page.
    const highlight = CSS.highlights.get(name) ?? new Highlight();
    highlight.priority = priority;
    for (const range of this.#own.get(kind) ?? []) highlight.delete(range);
    const own = ranges.filter((range) => range !== undefined);
    for (const range of own) highlight.add(range);
    this.#own.set(kind, own);
    CSS.highlights.set(name, highlight);
  }

  close() {
    this.draw([]);
  }
}

/** @implements {Painter} */
class Boxes {
  /**
   * @param {Field} field
   * @param {ShadowRoot} root
   */
  constructor(field, root) {
    this.field = field;
    this.root = root;
    this.layer = field.element.ownerDocument.createElement("div");
    this.layer.className = "layer";
    this.layer.setAttribute("aria-hidden", "true");
    root.append(this.layer);
  }

  /**
   * @param {readonly Mark[]} marks
   * @param {Mark} [current]
   */
  draw(marks, current) {
    const few = marks.slice(0, MOST);
    const box = this.#placed();
    const boxes = this.field.rects(few).flatMap((rects, at) => {
      const name = few[at] === current ? `${kindOf(few[at])} current` : kindOf(few[at]);
      return rects.map((rect) => this.#box(name, rect, box));
    });
    this.layer.replaceChildren(...boxes);
  }

  /** Puts the layer where the inside of the field is. */
  #placed() {
    const { element } = this.field;
    const [outer, host] = [element.getBoundingClientRect(), this.root.host.getBoundingClientRect()];
    const [x, y] = [outer.x + element.clientLeft, outer.y + element.clientTop];
    const { style } = this.layer;
    style.left = `${x - host.x}px`;
    style.top = `${y - host.y}px`;
    style.width = `${element.clientWidth}px`;
    style.height = `${element.clientHeight}px`;
    return { x, y };
  }

  /**
   * @param {string} name
   * @param {DOMRect} rect
   * @param {{ x: number, y: number }} from
   */
  #box(name, rect, from) {
    const box = this.layer.ownerDocument.createElement("div");
    box.className = `mark ${name}`;
    box.style.left = `${rect.x - from.x}px`;
    box.style.top = `${rect.y - from.y}px`;
    box.style.width = `${rect.width}px`;
    box.style.height = `${rect.height}px`;
    return box;
  }

  close() {
    this.layer.remove();
  }
}
