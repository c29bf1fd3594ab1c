/**
 * Arithmetic on spans of a text: findings as marks, edits made and unmade, and what becomes of
 * both while the text changes. Pure; offsets are UTF-16 code units.
 *
 * @typedef {import("../index.js").Action} Action
 * @typedef {import("../index.js").Edit} Edit
 * @typedef {import("../index.js").Finding} Finding
 *
 * @typedef {object} Mark findings that overlap, as the one thing that a person sees
 * @property {number} start
 * @property {number} end
 * @property {Action} action the strongest of its findings'
 * @property {Finding[]} findings in the order of the text
 * @property {string} [becomes] what would stand there instead, where the guard said so
 *
 * @typedef {object} Change the span that differs between two texts
 * @property {number} start
 * @property {number} before where it ends in the text before
 * @property {number} after where it ends in the text after
 */

/** From the strongest; what overlaps is treated as its strongest finding. @type {Action[]} */
const STRENGTH = ["block", "redact", "hash", "pseudonymize", "mask", "replace", "observe", "allow"];

/** Whether something is done about such a finding. @param {{ action: Action }} found */
export const isEnforced = ({ action }) => action !== "observe" && action !== "allow";

/**
 * What a person sees of findings: those that overlap are one mark.
 *
 * @param {readonly Finding[]} findings
 * @param {readonly Edit[]} edits what the guard would do about them
 * @returns {Mark[]} in the order of the text
 */
export function marksOf(findings, edits = []) {
  /** @type {Mark[]} */
  const marks = [];
  for (const finding of [...findings].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = marks.at(-1);
    if (last && finding.start < last.end) {
      last.end = Math.max(last.end, finding.end);
      last.action = stronger(last.action, finding.action);
      last.findings.push(finding);
    } else {
      const { start, end, action } = finding;
      marks.push({ start, end, action, findings: [finding] });
    }
  }
  for (const mark of marks) {
    mark.becomes = edits.find((edit) => edit.start < mark.end && mark.start < edit.end)?.text;
  }
  return marks;
}

/** @param {Action} a @param {Action} b */
function stronger(a, b) {
  return STRENGTH.indexOf(a) <= STRENGTH.indexOf(b) ? a : b;
}

/**
 * @param {string} text
 * @param {readonly Edit[]} edits in order
 */
export function edited(text, edits) {
  let [out, at] = ["", 0];
  for (const edit of edits) {
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + text.slice(at);
}

/**
 * The edits that bring the text before `edits` back from the text after them.
 *
 * @param {string} text the text before
 * @param {readonly Edit[]} edits in order
 * @returns {Edit[]}
 */
export function inverse(text, edits) {
  let shift = 0;
  return edits.map((edit) => {
    const start = edit.start + shift;
    shift += edit.text.length - (edit.end - edit.start);
    return { start, end: start + edit.text.length, text: text.slice(edit.start, edit.end) };
  });
}

/**
 * Two lists of edits as one, where the second is made in the text that the first leaves. Of the
 * second, those that touch what the first put there are left out: whoever needs them compares.
 *
 * @param {readonly Edit[]} first
 * @param {readonly Edit[]} second
 * @returns {Edit[]}
 */
export function composed(first, second) {
  const back = inverse("", first);
  const shiftAt = (/** @type {number} */ place) => {
    const before = back.filter((edit) => edit.end <= place).length;
    const done = first.slice(0, before);
    return done.reduce((sum, edit) => sum + edit.text.length - (edit.end - edit.start), 0);
  };
  const apart = second.filter((edit) =>
    back.every((put) => edit.end <= put.start || put.end <= edit.start),
  );
  const carried = apart.map((edit) => {
    const shift = shiftAt(edit.start);
    return { ...edit, start: edit.start - shift, end: edit.end - shift };
  });
  return [...first, ...carried].sort((a, b) => a.start - b.start);
}

/**
 * Where two texts differ.
 *
 * @param {string} before
 * @param {string} after
 * @returns {Change}
 */
export function changeOf(before, after) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  const [b, a] = [before.length - 1, after.length - 1];
  while (same < most - start && before.charCodeAt(b - same) === after.charCodeAt(a - same)) same++;
  return { start, before: before.length - same, after: after.length - same };
}

/**
 * Marks of the text before a change, in the text after it. Those that the change touches are gone.
 *
 * @param {readonly Mark[]} marks
 * @param {Change} change
 * @returns {Mark[]}
 */
export function moved(marks, change) {
  const shift = change.after - change.before;
  return marks.flatMap((mark) => {
    if (mark.end <= change.start) return [mark];
    if (mark.start < change.before) return [];
    return [{ ...mark, start: mark.start + shift, end: mark.end + shift }];
  });
}

/**
 * Where a place in a text is after edits: at the end of an edit that it is inside of.
 *
 * @param {number} place
 * @param {readonly Edit[]} edits in order
 */
export function movedPlace(place, edits) {
  let shift = 0;
  for (const edit of edits) {
    if (place <= edit.start) break;
    if (place < edit.end) return edit.start + shift + edit.text.length;
    shift += edit.text.length - (edit.end - edit.start);
  }
  return place + shift;
}

/**
 * The mark after a place, or before it; at the end the first is next, and the other way round.
 *
 * @param {readonly Mark[]} marks
 * @param {number} place
 * @param {1 | -1} direction
 * @param {boolean} isPast whether one that starts at the place does not count
 * @returns {Mark | undefined}
 */
export function markAfter(marks, place, direction, isPast) {
  if (direction > 0) {
    return marks.find(({ start }) => (isPast ? start > place : start >= place)) ?? marks[0];
  }
  return marks.findLast(({ start }) => start < place) ?? marks.at(-1);
}
