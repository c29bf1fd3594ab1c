// A text as it may leave: what came in, with the gate's edits in it.

/** Keeps the text that is held back. */
export class Splicer {
  #held = "";
  #base = 0;

  push(chunk) {
    this.#held += chunk;
  }

  /** What leaves with a release. */
  release({ upto, edits }) {
    let out = "";
    let at = this.#base;
    for (const edit of edits) {
      out += this.#slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    out += this.#slice(at, upto);
    this.#held = this.#held.slice(upto - this.#base);
    this.#base = upto;
    return out;
  }

  #slice(start, end) {
    return this.#held.slice(start - this.#base, end - this.#base);
  }
}
