/**
 * A line to a desk: questions and answers over anything that carries messages.
 *
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {"load" | "look" | "clean" | "restore" | "forget"} Method
 *
 * @typedef {{ id: number, method: Method, asked?: unknown } | { abort: number }} Question
 * @typedef {{ id: number, answer?: unknown, error?: string }} Answer
 *
 * @typedef {(method: Method, asked?: any, signal?: AbortSignal) => Promise<any>} Ask
 */

const METHODS = ["load", "look", "clean", "restore", "forget"];

/**
 * The desk's end: what to call with each question that arrives.
 *
 * @param {Pick<Desk, Method>} desk
 * @param {(answer: Answer) => void} post
 * @returns {(question: Question) => Promise<void>}
 */
export function answerTo(desk, post) {
  /** @type {Map<number, AbortController>} */
  const underWay = new Map();
  return async (question) => {
    if ("abort" in question) {
      underWay.get(question.abort)?.abort();
      return;
    }
    const { id, method, asked } = question;
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      if (!METHODS.includes(method)) throw new Error(`nothing is called ${method}`);
      const answer = await desk[method](/** @type {any} */ (asked), controller.signal);
      post({ id, answer });
    } catch (error) {
      post({ id, error: error instanceof Error ? error.message : String(error) });
    }
    underWay.delete(id);
  };
}

/** The asking end. */
export class Line {
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #last = 0;
  /** @type {Error | undefined} */
  #closed;

  /** @param {(question: Question) => void} post */
  constructor(post) {
    this.post = post;
  }

  /** @type {Ask} */
  ask = (method, asked, signal) => {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      signal?.addEventListener("abort", () => {
        if (!this.#waiting.delete(id)) return;
        this.post({ abort: id });
        reject(signal.reason);
      });
      this.post({ id, method, asked });
    });
  };

  /** What the other end posted. @param {Answer} message */
  receive({ id, answer, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  }

  /** Nothing will be answered any more. @param {string} why */
  close(why) {
    this.#closed = new Error(why);
    for (const { reject } of this.#waiting.values()) reject(this.#closed);
    this.#waiting.clear();
  }
}
