/** What a screen reader says: not at every key, but once the person pauses. */
import { make } from "./make.js";

/** How long the person pauses before, in milliseconds. */
const PAUSE = 900;

export class Voice {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #last = "";

  /** @param {ShadowRoot} root */
  constructor(root) {
    const document = root.ownerDocument;
    this.polite = make(document, "div", { class: "heard", role: "status", "aria-live": "polite" });
    this.urgent = make(document, "div", { class: "heard", role: "alert" });
    root.append(this.polite, this.urgent);
  }

  /** How things stand; said once. @param {string} text */
  says(text) {
    clearTimeout(this.#timer);
    if (text === this.#last) return;
    this.#timer = setTimeout(() => {
      this.#last = text;
      this.polite.textContent = text;
    }, PAUSE);
  }

  /** What just happened, and is not to wait. @param {string} text */
  calls(text) {
    clearTimeout(this.#timer);
    this.#last = "";
    // The same again is said again.
    this.urgent.textContent = "";
    this.urgent.textContent = text;
  }

  close() {
    clearTimeout(this.#timer);
    this.polite.remove();
    this.urgent.remove();
  }
}
