/**
 * Notices when a field may have another text, and when it may be elsewhere on screen.
 *
 * @typedef {object} Watcher
 * @property {() => void} changed the text may be another one
 * @property {() => void} moved the field, or what is in it, may be elsewhere
 * @property {(is: boolean) => void} composing an input method is at work, or no more
 * @property {() => void} glance from time to time: pages change a field and say nothing of it
 */

/** How often there is a glance, in milliseconds. */
const GLANCE = 400;

/**
 * @param {HTMLElement} element
 * @param {Watcher} watcher
 * @param {AbortSignal} signal
 */
export function watch(element, { changed, moved, composing, glance }, signal) {
  element.addEventListener("compositionstart", () => composing(true), { signal });
  element.addEventListener("compositionend", () => composing(false), { signal });
  element.addEventListener("input", changed, { signal });
  element.addEventListener("focus", changed, { signal });
  window.addEventListener("scroll", moved, { capture: true, passive: true, signal });
  window.addEventListener("resize", moved, { signal });
  const sizes = new ResizeObserver(moved);
  sizes.observe(element);
  const glances = setInterval(glance, GLANCE);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    clearInterval(glances);
  });
}
