/**
 * A field that is guarded: what is typed is looked at, findings are underlined and explained,
 * redacted at a key, and nothing leaves that may not.
 *
 * @typedef {import("./desk.js").Cleaned} Cleaned
 * @typedef {import("./desk.js").Loaded} Loaded
 * @typedef {import("./desk.js").Look} Look
 * @typedef {import("./field.js").Field} Field
 * @typedef {import("./line.js").Ask} Ask
 * @typedef {import("./spans.js").Mark} Mark
 * @typedef {import("../index.js").Edit} Edit
 *
 * @typedef {object} Choices
 * @property {"redact" | "block" | "leave"} submit what becomes at submit of what the configuration
 *   edits: it is done in the field; the person has to; it is left to whoever sends the text. What
 *   the configuration blocks is never let through
 * @property {"block" | "allow"} onFault what becomes of a text where there is no guard at all
 * @property {{ next: string, redact: string }} keys
 * @property {boolean} floats whether its line floats over the page
 * @property {import("./wording.js").Wording} wording
 *
 * @typedef {import("./standing.js").Tally} Tally
 * @typedef {(name: "look" | "redact" | "refuse", tally: Tally) => void} Tell
 */
import { Bar } from "./bar.js";
import { Card } from "./card.js";
import { Checker } from "./checker.js";
import { fieldOf } from "./field.js";
import { hoverOver } from "./hover.js";
import { keysOf } from "./keys.js";
import { painterOf } from "./paint.js";
import { adopt, SHEET } from "./sheet.js";
import { changeOf, edited, inverse, isEnforced, markAfter, marksOf, moved } from "./spans.js";
import { reason, standing, tallyOf } from "./standing.js";
import { Voice } from "./voice.js";
import { watch } from "./watch.js";

/** A text that changes more often than this while it is looked at is not sent. */
const MOST_ROUNDS = 5;
/** How long a look may take before it is told that there is one, in milliseconds. */
const LONG = 500;

export class Guarded {
  /** @type {Mark[]} */
  marks = [];
  /** The text that the marks are of. */
  #text = "";
  /** @type {{ text: string, look: Look } | undefined} what was last seen */
  #seen;
  /** @type {string | undefined} what may leave because it was just made so */
  #cleaned;
  /** @type {{ text: string, edits: Edit[] } | undefined} the text after a redaction, and back */
  #undo;
  /** @type {{ text: string, said: string } | undefined} why the text was not let go */
  #refusal;
  /** @type {Loaded | undefined} */
  #loaded;
  /** @type {string | undefined} why there is no guard */
  #problem;
  #loads = 0;
  /** Until it is known whether there is a guard. @type {Promise<void>} */
  #settled = Promise.resolve();
  /** @type {(() => void) | undefined} while it is not known */
  #settle;
  #isComposing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} runs while a text is not yet seen */
  #busy;
  #isSlow = false;
  /** @type {[import("./bar.js").Mood, string] | undefined} what the line said last */
  #said;
  #drawing = 0;
  #leaving = new AbortController();

  /**
   * @param {HTMLElement} element
   * @param {ShadowRoot} root where everything of ours is put
   * @param {Ask} ask
   * @param {Choices} choices
   * @param {Tell} [tell]
   */
  constructor(element, root, ask, choices, tell = () => {}) {
    this.choices = choices;
    this.ask = ask;
    this.tell = tell;
    adopt(root, SHEET);
    this.field = fieldOf(element, root);
    this.painter = painterOf(this.field, root);
    const redactAll = () => void this.redact();
    const { wording, keys, floats } = choices;
    const redact = (/** @type {Mark} */ mark) => void this.redact(mark);
    this.card = new Card(root, wording, { redact, redactAll }, keys.redact);
    const acts = { redact: redactAll, undo: () => void this.undo() };
    this.bar = new Bar(root, wording, acts, { floats, key: keys.redact });
    this.voice = new Voice(root);
    const seen = this.#saw.bind(this);
    this.checker = new Checker(ask, seen, (error) => this.#ended(error.message));
    this.#listen();
    this.#show();
  }

  /**
   * The desk is to have another configuration: until it is known whether it has, nothing leaves that
   * was not cleared. The last one counts, whenever the ones before it come.
   *
   * @param {Promise<Loaded>} asked
   * @returns {Promise<Partial<Loaded> | undefined>} without policies where there is no guard; nothing
   *   where another one was asked for since
   */
  async load(asked) {
    const load = ++this.#loads;
    if (!this.#settle) this.#settled = new Promise((resolve) => (this.#settle = resolve));
    const loaded = await asked.catch(failed);
    if (load !== this.#loads || this.#leaving.signal.aborted) return undefined;
    this.checker.forget();
    this.#seen = this.#cleaned = this.#refusal = undefined;
    this.#problem = loaded.problem;
    this.#loaded = loaded.policies && { problem: loaded.problem, policies: loaded.policies };
    this.#settle?.();
    this.#settle = undefined;
    if (this.#loaded) this.#changed();
    else this.#ended(loaded.problem ?? "");
    return loaded;
  }

  /** Whether the text there is now may leave, as far as is known at once. */
  get isClear() {
    if (this.#isComposing) return false;
    const text = this.field.read();
    if (text === "") return true;
    if (this.#settle) return false;
    if (text === this.#cleaned) return true;
    if (!this.#loaded) return this.#problem !== undefined && this.choices.onFault === "allow";
    return this.#seen?.text === text && this.#passes(this.#seen.look);
  }

  /**
   * Whether the text may leave, after it was looked at and, where that is chosen, redacted. If not,
   * the person is told why.
   *
   * @returns {Promise<boolean>}
   */
  async clear() {
    for (let round = 0; round < MOST_ROUNDS && !this.isClear; round++) {
      if (this.#isComposing) return false;
      await this.#settled;
      if (!this.#loaded && this.choices.onFault === "allow") return true;
      if (!this.#loaded) return this.#refuse(this.#excuse());
      const loaded = this.#loaded;
      const text = this.field.read();
      const look = await this.checker.now(text).catch(() => undefined);
      // What was seen of another text, or under another configuration, says nothing of this one.
      if (this.#settle || loaded !== this.#loaded || text !== this.field.read()) continue;
      if (!look) return this.choices.onFault === "allow" || this.#refuse(this.#excuse());
      if (this.#passes(look)) return true;
      const mayRedact = look.decision === "edited" && this.choices.submit === "redact";
      if (!mayRedact) return this.#refuse(this.#reason(look), look);
      if (!(await this.redact())) return this.#refuse(this.choices.wording.unwritable, look);
    }
    return this.isClear;
  }

  /**
   * Redacts what is found, or one finding.
   *
   * @param {Mark} [only]
   * @returns {Promise<boolean>} whether the field has it
   */
  async redact(only) {
    if (this.#isComposing || !this.#loaded || !this.field.isWritable) return false;
    const text = this.field.read();
    /** @type {Cleaned | undefined} */
    const cleaned = await this.ask("clean", { text: text.toWellFormed() }).catch((error) =>
      this.#ended(error.message),
    );
    if (!cleaned) return false;
    if (cleaned.decision === "refused") return this.#refuse(this.#reason(cleaned), cleaned);
    const edits = cleaned.edits.filter(
      (edit) => !only || (edit.start < only.end && only.start < edit.end),
    );
    if (edits.length === 0) {
      this.voice.calls(this.choices.wording.nothingToRedact);
      return true;
    }
    if (text !== this.field.read() || this.#isComposing) return false;
    this.card.shut();
    const after = edited(text, edits);
    await this.field.write(edits);
    const left = this.field.read();
    const isTaken = plainSpaces(left) === plainSpaces(after);
    this.#undo = isTaken ? { text: left, edits: inverse(text, edits) } : undefined;
    this.#cleaned = isTaken && !only ? left : undefined;
    const { wording } = this.choices;
    this.tell("redact", tallyOf(cleaned, only));
    this.#changed();
    this.voice.calls(isTaken ? wording.redacted(edits.length) : wording.unwritable);
    return isTaken;
  }

  /** Takes the last redaction back. */
  async undo() {
    const { text, edits } = this.#undo ?? {};
    this.#undo = this.#cleaned = undefined;
    if (!edits || text !== this.field.read()) return this.#show();
    await this.field.write(edits);
    this.#changed();
    this.voice.calls(this.choices.wording.undone);
  }

  /** Goes to the finding after the selection, or before it. @param {1 | -1} direction */
  step(direction) {
    const { marks, card } = this;
    const place = card.mark?.start ?? this.field.selection()?.start ?? 0;
    const mark = markAfter(marks, place, direction, card.isOpen);
    if (!mark) return;
    this.field.select(mark);
    this.explain(mark);
    this.voice.calls(this.choices.wording.reviewed(mark, marks.indexOf(mark), marks.length));
  }

  /** Opens the card at a mark. @param {Mark | undefined} mark */
  explain(mark) {
    if (!mark) {
      this.card.shut();
    } else {
      const [rects] = this.field.rects([mark]);
      const rect = rects[0] ?? this.field.element.getBoundingClientRect();
      this.card.open(mark, rect, this.#loaded?.policies ?? []);
    }
    this.#draw();
  }

  /** Leaves the field as it was before. */
  close() {
    this.#leaving.abort();
    this.#idle();
    cancelAnimationFrame(this.#drawing);
    this.checker.forget();
    for (const part of [this.painter, this.card, this.bar, this.voice, this.field]) part.close();
  }

  #listen() {
    const { signal } = this.#leaving;
    const { element } = this.field;
    const composing = (/** @type {boolean} */ is) => {
      this.#isComposing = is;
      if (!is) this.#changed();
    };
    const changed = () => this.#changed();
    const moved = () => this.#draw();
    watch(element, { changed, moved, composing, glance: () => this.#glance() }, signal);
    // Before the page, whose editor may know these keys as well.
    element.addEventListener("keydown", keysOf(this), { capture: true, signal });
    hoverOver(this, signal);
  }

  #glance() {
    const mayHaveChanged = this.marks.length > 0 || this.field.element.matches(":focus");
    if (mayHaveChanged && !this.#isComposing && this.field.read() !== this.#text) this.#changed();
  }

  /** The text may be another one. */
  #changed() {
    const text = this.field.read();
    if (text !== this.#text && this.marks.length > 0) {
      this.#take(moved(this.marks, changeOf(this.#text, text)));
    }
    this.#text = text;
    if (this.#refusal?.text !== text) this.#refusal = undefined;
    if (this.#undo && this.#undo.text !== text) this.#undo = undefined;
    if (this.#isComposing || !this.#loaded) return this.#show();
    if (this.#seen?.text === text) return this.#saw(text, this.#seen.look);
    this.#busy ??= setTimeout(() => {
      this.#isSlow = true;
      this.#show();
    }, LONG);
    this.checker.soon(() => this.field.read());
    this.#show();
  }

  /**
   * @param {string} text
   * @param {Look} look
   */
  #saw(text, look) {
    const isNews = this.#seen?.look !== look;
    this.#seen = { text, look };
    this.#problem = this.#loaded?.problem;
    this.#idle();
    if (text !== this.field.read()) return;
    this.#text = text;
    this.#take(marksOf(look.findings, look.edits));
    if (isNews) this.tell("look", tallyOf(look));
    this.voice.says(
      text === "" ? "" : this.choices.wording.announced(this.marks, this.choices.keys),
    );
    this.#show();
  }

  /** A look came to no end. @param {string} problem */
  #ended(problem) {
    this.#problem = problem;
    this.#seen = undefined;
    this.#idle();
    this.#take([]);
    this.#show();
    this.voice.calls(this.choices.wording.unchecked(problem));
  }

  /** Nothing is being looked at. */
  #idle() {
    clearTimeout(this.#busy);
    this.#busy = undefined;
    this.#isSlow = false;
  }

  /** @param {Mark[]} marks */
  #take(marks) {
    this.marks = marks;
    const { mark } = this.card;
    // The same that was seen anew is still the one that is explained.
    const same = mark && marks.find(({ start, end }) => start === mark.start && end === mark.end);
    if (same) this.card.mark = same;
    else if (mark) this.card.shut();
    this.#draw();
  }

  #draw() {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = requestAnimationFrame(() => {
      this.painter.draw(this.marks, this.card.mark);
      this.bar.place(this.field.element.getBoundingClientRect());
    });
  }

  /** Says how things stand. */
  #show() {
    const [text, seen, undo] = [this.#text, this.#seen, this.#undo];
    const redacted = undo?.text === text ? undo.edits.length : 0;
    const state = {
      problem: this.#problem,
      isLoaded: this.#loaded !== undefined,
      isEmpty: text === "",
      isSlow: this.#isSlow,
      look: seen?.text === text ? seen.look : undefined,
      refusal: this.#refusal?.text === text ? this.#refusal.said : undefined,
      marks: this.marks,
      redacted,
    };
    this.#said = standing(state, this.choices) ?? this.#said;
    const [mood, said] = this.#said ?? ["calm", this.choices.wording.empty];
    const canRedact = this.field.isWritable && this.marks.some(isEnforced);
    this.bar.show(mood, said, { canRedact, canUndo: redacted > 0 });
    this.#draw();
  }

  /** @param {Look} look */
  #passes(look) {
    if (look.decision === "edited") return this.choices.submit === "leave";
    return look.decision === "forward";
  }

  /**
   * @param {string} said
   * @param {Look} [look]
   */
  #refuse(said, look) {
    this.#refusal = { text: this.#text, said };
    this.#show();
    this.voice.calls(said);
    // Where the person can do something about it.
    this.field.element.focus({ preventScroll: true });
    this.tell("refuse", look ? tallyOf(look) : { rules: {}, decision: "refused" });
    return false;
  }

  /** Why a text that was looked at does not leave. @param {Look} look */
  #reason(look) {
    return reason(look, this.marks, this.#problem, this.choices);
  }

  /** Why nothing can be looked at. */
  #excuse() {
    const { wording } = this.choices;
    return this.#problem === undefined ? wording.loading : wording.blocked(this.#problem);
  }
}

/** @param {unknown} error @returns {Partial<Loaded>} */
function failed(error) {
  return { problem: error instanceof Error ? error.message : String(error) };
}

/** Browsers change spaces at the ends of what they edit. @param {string} text */
function plainSpaces(text) {
  return text.replaceAll("\u00a0", " ");
}
