/**
 * The card at whatever finding the pointer rests on. It stays while the pointer is on it, and
 * shuts a moment after.
 *
 * @typedef {import("./guarded.js").Guarded} Guarded
 * @typedef {import("./spans.js").Mark} Mark
 */

/** How long the pointer rests before the card opens, and is away before it shuts. */
const REST = 180;
const AWAY = 320;
/** Of how many findings it is seen whether the pointer is there. */
const MOST = 1_000;

/**
 * @param {Guarded} guarded
 * @param {AbortSignal} signal
 */
export function hoverOver(guarded, signal) {
  const { field, card } = guarded;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Mark | undefined} where the pointer is */
  let over;
  const later = (/** @type {number} */ wait, /** @type {Mark | undefined} */ mark) => {
    clearTimeout(timer);
    timer = setTimeout(() => guarded.explain(mark), wait);
  };
  const moves = (/** @type {PointerEvent} */ event) => {
    const mark = markAt(guarded, event.clientX, event.clientY);
    if (mark === over) return;
    over = mark;
    if (mark) later(REST, mark);
    else if (card.isOpen) later(AWAY, undefined);
    else clearTimeout(timer);
  };
  const leaves = () => {
    over = undefined;
    if (card.isOpen) later(AWAY, undefined);
    else clearTimeout(timer);
  };
  /** @type {(element: HTMLElement, name: string, listener: (event: any) => void) => void} */
  const on = (element, name, listener) => element.addEventListener(name, listener, { signal });
  on(field.element, "pointermove", moves);
  on(field.element, "pointerleave", leaves);
  on(card.element, "pointerenter", () => clearTimeout(timer));
  on(card.element, "pointerleave", leaves);
  on(card.element, "keydown", (event) => {
    if (event.key !== "Escape") return;
    guarded.explain(undefined);
    field.element.focus();
  });
  signal.addEventListener("abort", () => clearTimeout(timer));
}

/**
 * @param {Guarded} guarded
 * @param {number} x
 * @param {number} y
 */
function markAt({ field, marks }, x, y) {
  if (marks.length === 0) return undefined;
  const isIn = (/** @type {DOMRect} */ rect) =>
    x >= rect.left && x <= rect.right && y >= rect.top && y <= rect.bottom + 3;
  const idx = field.rects(marks.slice(0, MOST)).findIndex((rects) => rects.some(isIn));
  return marks[idx];
}
