/**
 * What a person types into: a textarea or an editable element, as a text with spans.
 *
 * @typedef {import("../index.js").Edit} Edit
 * @typedef {{ start: number, end: number }} Span
 *
 * @typedef {object} Field
 * @property {HTMLElement} element
 * @property {boolean} isWritable
 * @property {() => string} read its text
 * @property {(edits: readonly Edit[]) => Promise<void>} write makes edits as if they were typed, so
 *   that the browser's own undo knows them; a page's editor may not take them
 * @property {() => Span | undefined} selection
 * @property {(span: Span) => void} select puts the selection there and brings it into view
 * @property {(spans: readonly Span[]) => DOMRect[][]} rects where each is on screen, line by line
 * @property {() => void} close
 */
import { Editable } from "./editable.js";
import { Textarea } from "./textarea.js";

/** Whatever a person can type a text of more than a line into. */
export const FIELDS =
  'textarea, [contenteditable=""], [contenteditable="true"], [contenteditable="plaintext-only"]';

/**
 * @param {HTMLElement} element
 * @param {ShadowRoot} root where what is needed to measure it may be put
 * @returns {Field}
 */
export function fieldOf(element, root) {
  return element instanceof HTMLTextAreaElement
    ? new Textarea(element, root)
    : new Editable(element);
}
