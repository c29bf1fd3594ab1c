/**
 * Stands where a text leaves a field: the submit of its form, the Enter key, a button that sends.
 * What is known to be clear passes at once, as if nothing were here; anything else waits until it
 * was looked at, and is then done again for the person, or not.
 *
 * A page that reads the field by itself, without any of these, is not held up here.
 *
 * @typedef {import("./guarded.js").Guarded} Guarded
 */

/**
 * Guards the forms that guarded fields belong to.
 *
 * @param {() => Iterable<Guarded>} all the fields that are guarded now
 * @param {AbortSignal} signal
 * @param {EventTarget} root of the tree that the forms are in: no submit leaves a shadow tree
 */
export function guardForms(all, signal, root = window) {
  const submits = async (/** @type {Event} */ event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const held = unclear(all).filter((guarded) => formOf(guarded) === form);
    if (held.length === 0) return;
    hold(event);
    const { submitter } = /** @type {SubmitEvent} */ (event);
    if (await clear(held)) form.requestSubmit(submitter?.isConnected ? submitter : null);
  };
  // At the root and first, before whatever the page listens with.
  root.addEventListener("submit", submits, { capture: true, signal });
}

/**
 * Guards the Enter key in guarded fields, and buttons that send.
 *
 * @param {() => Iterable<Guarded>} all the fields that are guarded now
 * @param {AbortSignal} signal
 * @param {string} buttons the selector of buttons that send
 */
export function guardSending(all, signal, buttons) {
  let isAgain = false;
  const again = (/** @type {() => void} */ act) => {
    isAgain = true;
    try {
      act();
    } finally {
      isAgain = false;
    }
  };
  const presses = async (/** @type {KeyboardEvent} */ event) => {
    if (isAgain || !sends(event)) return;
    const path = event.composedPath();
    const held = unclear(all).filter(({ field }) => path.includes(field.element));
    if (held.length === 0) return;
    hold(event);
    if (await clear(held)) again(() => enter(held[0].field.element, event));
  };
  const clicks = async (/** @type {MouseEvent} */ event) => {
    const [target] = event.composedPath();
    const button = target instanceof Element ? target.closest(buttons) : null;
    if (isAgain || !(button instanceof HTMLElement)) return;
    const form = button.closest("form");
    // A button of another form sends something else.
    const held = unclear(all).filter((guarded) => {
      const own = formOf(guarded);
      return !form || !own || form === own;
    });
    if (held.length === 0) return;
    hold(event);
    if (await clear(held)) again(() => button.click());
  };
  window.addEventListener("keydown", presses, { capture: true, signal });
  window.addEventListener("click", clicks, { capture: true, signal });
}

/** @param {() => Iterable<Guarded>} all */
function unclear(all) {
  return [...all()].filter(({ isClear }) => !isClear);
}

/** @param {Guarded} guarded */
function formOf({ field: { element } }) {
  return element instanceof HTMLTextAreaElement ? element.form : element.closest("form");
}

/** @param {readonly Guarded[]} held */
async function clear(held) {
  for (const guarded of held) {
    if (!(await guarded.clear())) return false;
  }
  return true;
}

/** @param {Event} event */
function hold(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** An Enter that an input method uses is its own, and one with Shift is a new line.
 * @param {KeyboardEvent} event */
function sends(event) {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

/**
 * Enter once more. Where the page does nothing with it, it is a new line, as the browser would have
 * made of the first.
 *
 * @param {HTMLElement} element
 * @param {KeyboardEvent} event
 */
function enter(element, { ctrlKey, altKey, metaKey }) {
  const keys = { key: "Enter", code: "Enter", keyCode: 13, which: 13, ctrlKey, altKey, metaKey };
  const same = new KeyboardEvent("keydown", {
    ...keys,
    bubbles: true,
    cancelable: true,
    composed: true,
  });
  element.focus({ preventScroll: true });
  const isUnused = element.dispatchEvent(same);
  if (isUnused) element.ownerDocument.execCommand("insertLineBreak");
}
