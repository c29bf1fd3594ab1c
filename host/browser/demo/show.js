/** Texts on the page, always as text. */

/** What stands where something else stood: placeholders, pseudonyms, masks. */
const STAND_INS =
  /<[A-Z][A-Z0-9_]*>|<[A-Z][A-Z0-9_]*_[a-z0-9]+>|[\w*@+-]*\*{2,}(?:[\w*@.+-]*\w)?(?: [\d*]{4})*/g;

/** @param {string} id @returns {HTMLElement} */
export function at(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`${id}: no such element`);
  return element;
}

/** A text with its stand-ins marked. @param {HTMLElement} element @param {string} text */
export function showMarked(element, text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(STAND_INS)) {
    const mark = document.createElement("mark");
    mark.textContent = match[0];
    nodes.push(text.slice(from, match.index), mark);
    from = match.index + match[0].length;
  }
  element.replaceChildren(...nodes, text.slice(from));
}

/**
 * What happened, in a line.
 *
 * @param {import("../index.js").Summary} report
 * @param {string} gateway
 */
export function summary(report, gateway) {
  const actions = new Map();
  for (const { action } of report.findings) actions.set(action, (actions.get(action) ?? 0) + 1);
  const done = [...actions].map(([action, count]) => `${count} × ${action}`).join(", ");
  const found = done ? `Found: ${done}.` : "Nothing was found.";
  const restored = report.restored ? ` ${report.restored} restored in the answer.` : "";
  const after = gateway ? ` The gateway looked again: ${gateway}.` : "";
  return found + restored + after;
}
