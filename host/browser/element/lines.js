/**
 * Where a range is on screen, a rectangle a line: browsers give one for every run of text.
 *
 * @param {Range} range
 * @returns {DOMRect[]}
 */
export function linesOf(range) {
  /** @type {DOMRect[]} */
  const lines = [];
  for (const rect of range.getClientRects()) {
    if (rect.width === 0) continue;
    const last = lines.at(-1);
    const isSameLine = last && Math.abs(rect.bottom - last.bottom) < rect.height / 2;
    if (isSameLine && rect.left <= last.right + 1 && last.left <= rect.right + 1) {
      const left = Math.min(last.left, rect.left);
      const top = Math.min(last.top, rect.top);
      const right = Math.max(last.right, rect.right);
      const bottom = Math.max(last.bottom, rect.bottom);
      lines[lines.length - 1] = new DOMRect(left, top, right - left, bottom - top);
    } else {
      lines.push(rect);
    }
  }
  return lines;
}
