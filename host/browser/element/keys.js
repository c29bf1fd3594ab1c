/**
 * The keys of a guarded field: one to the next finding (with Shift to the one before), one to redact
 * all of them (with Shift the one whose card is open), Escape to shut the card.
 *
 * @typedef {import("./guarded.js").Guarded} Guarded
 */

/**
 * @param {Guarded} guarded
 * @returns {(event: KeyboardEvent) => void}
 */
export function keysOf(guarded) {
  const { keys } = guarded.choices;
  return (event) => {
    // To an input method its keys, whatever they are.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === keys.next) guarded.step(event.shiftKey ? -1 : 1);
    else if (event.key === keys.redact && event.shiftKey) void guarded.redact(guarded.card.mark);
    else if (event.key === keys.redact) void guarded.redact();
    else if (event.key === "Escape" && guarded.card.isOpen) guarded.explain(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
