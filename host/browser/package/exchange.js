// Text in parts and chunks.

import { told } from "./error.js";
import { Splicer } from "./splicer.js";

const NOTHING = { upto: 0, edits: [] };

/** One request with its answer, around the gate's. */
export class Exchange {
  #gate;
  #splicer;
  /** The first half of a character whose second half is in the next chunk. */
  #half = "";
  /** The edits of this part. */
  edits = [];

  constructor(gate) {
    this.#gate = gate;
  }

  begin({ direction = "request", role = "user", name } = {}) {
    told(() => this.#gate.begin(direction, role, name));
    this.#splicer = new Splicer();
    this.#half = "";
    this.edits = [];
  }

  feed(chunk) {
    if (typeof chunk !== "string") throw new TypeError("a text: expected a string");
    const text = this.#half + chunk;
    this.#half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : "";
    return this.#push(text.slice(0, text.length - this.#half.length));
  }

  end() {
    const rest = this.#push(this.#half);
    this.#half = "";
    return rest + this.#release(this.#gate.end());
  }

  overdue() {
    return this.#release(this.#gate.overdue());
  }

  get held() {
    return this.#gate.held();
  }

  report() {
    return JSON.parse(this.#gate.report());
  }

  restore(answer) {
    const restorer = this.#gate.restorer();
    try {
      return restorer.restore(answer);
    } finally {
      restorer.free();
    }
  }

  restorer() {
    return this.#gate.restorer();
  }

  free() {
    this.#gate.free();
  }

  #push(text) {
    if (!this.#splicer || text === "") return "";
    this.#splicer.push(text);
    return this.#release(this.#gate.feed(text));
  }

  #release(json) {
    const release = this.#splicer ? JSON.parse(json) : NOTHING;
    this.edits = this.edits.concat(release.edits);
    return this.#splicer?.release(release) ?? "";
  }
}
