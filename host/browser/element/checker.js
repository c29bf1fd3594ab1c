/**
 * Looks at a text that changes: some time after the last change, one look at a time, and what was
 * seen in a text that is no more the one there is is dropped.
 *
 * @typedef {import("./desk.js").Look} Look
 * @typedef {import("./line.js").Ask} Ask
 */

/** How long after the last change, in milliseconds. */
const WAIT = 120;

export class Checker {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {AbortController | undefined} */
  #underWay;
  /** @type {{ text: string, look: Promise<Look> } | undefined} the last look, perhaps under way */
  #last;

  /**
   * @param {Ask} ask
   * @param {(text: string, look: Look) => void} seen
   * @param {(error: Error) => void} failed
   */
  constructor(ask, seen, failed) {
    this.ask = ask;
    this.seen = seen;
    this.failed = failed;
  }

  /** The text may have changed. @param {() => string} read what it is, when it is looked at */
  soon(read) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.now(read()).catch(() => {});
    }, WAIT);
  }

  /**
   * What is in this text. A look at another one that is under way is given up.
   *
   * @param {string} text
   * @returns {Promise<Look>}
   */
  now(text) {
    clearTimeout(this.#timer);
    if (this.#last?.text === text) return this.#last.look;
    this.#underWay?.abort();
    const controller = new AbortController();
    this.#underWay = controller;
    // Lone surrogates as the guard reads them, since not every line carries them. Lengths stay.
    const look = this.ask("look", { text: text.toWellFormed() }, controller.signal);
    this.#last = { text, look };
    look.then(
      (seen) => {
        if (!controller.signal.aborted) this.seen(text, seen);
      },
      (error) => {
        if (controller.signal.aborted) return;
        this.#last = undefined;
        this.failed(error);
      },
    );
    return look;
  }

  /** What was seen holds no more: the configuration is another one. */
  forget() {
    this.#underWay?.abort();
    this.#last = undefined;
  }
}
