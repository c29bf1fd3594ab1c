/**
 * `<sandgate-guard>`: put it around a textarea or an editable element, and what is typed there is
 * checked on this device before it leaves the page.
 *
 * ```html
 * <sandgate-guard config="/sandgate.yaml">
 *   <textarea name="prompt"></textarea>
 * </sandgate-guard>
 * ```
 *
 * | attribute | |
 * |---|---|
 * | `config` | the URL of the configuration, as JSON; without it, and without the property, the `pii` and `secrets` policies as they come |
 * | `submit` | `redact` (default), `block` or `leave`: what becomes at submit of what the configuration edits |
 * | `on-fault` | `block` (default) or `allow`: what becomes of a text where nothing can be checked |
 * | `next-key`, `redact-key` | `F8` and `F9` |
 * | `send` | the selector of buttons that send without a form; Enter in the field sends then too |
 *
 * Events, each with counts and without content: `sandgate-look`, `sandgate-redact`,
 * `sandgate-refuse`, `sandgate-ready`, `sandgate-fault`.
 *
 * @typedef {import("../index.js").Config} Config
 * @typedef {import("../index.js").LoadOptions} LoadOptions
 * @typedef {import("./connect.js").Connection} Connection
 */
import { connect } from "./connect.js";
import { FIELDS } from "./field.js";
import { Guarded } from "./guarded.js";
import { make } from "./make.js";
import { adopt } from "./sheet.js";
import { guardForms, guardSending } from "./submission.js";
import { english } from "./wording.js";

/** @type {Config} */
const DEFAULT = { policies: { pii: {}, secrets: {} } };

/** Where it is on a page. */
const PLACE = ":host { display: block; position: relative; } :host([hidden]) { display: none; }";

let count = 0;

export class SandgateGuard extends HTMLElement {
  static observedAttributes = ["config", "submit", "on-fault", "next-key", "redact-key", "send"];

  /** @type {Config | undefined} */
  #config;
  /** @type {LoadOptions} */
  #options = {};
  /** @type {Guarded | undefined} */
  #guarded;
  /** @type {Promise<Connection> | undefined} */
  #connection;
  /** @type {AbortController | undefined} */
  #leaving;
  /** @type {MutationObserver | undefined} */
  #children;
  #loads = 0;
  /** What is read and heard: replace it before the element is connected. */
  wording = english;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    adopt(root, PLACE);
    root.append(make(document, "slot"));
  }

  /** The configuration, instead of the one at the attribute's URL. @returns {Config | undefined} */
  get config() {
    return this.#config;
  }

  set config(config) {
    this.#config = config;
    void this.#load();
  }

  /** As `Guard.load` takes them: policies, files, key, scope. */
  get options() {
    return this.#options;
  }

  set options(options) {
    this.#options = options;
    void this.#load();
  }

  /** Whether the text there is now may leave, as far as is known at once. */
  get isClear() {
    return this.#guarded?.isClear ?? false;
  }

  /**
   * For pages that send the text by themselves: the text that may leave, after it was checked and
   * redacted as configured; nothing where it may not, and the person was told why.
   *
   * @returns {Promise<string | undefined>}
   */
  async outgoing() {
    const guarded = this.#guarded;
    return (await guarded?.clear()) ? guarded?.field.read() : undefined;
  }

  /** Redacts what is found now. @returns {Promise<boolean>} whether the field has it */
  async redact() {
    return (await this.#guarded?.redact()) ?? false;
  }

  /** Takes the last redaction back. */
  async undo() {
    await this.#guarded?.undo();
  }

  /**
   * An answer with the person's own words in place of the pseudonyms that were given them here.
   *
   * @param {string} answer
   * @returns {Promise<string>}
   */
  async restore(answer) {
    return this.#connection ? (await this.#connection).ask("restore", { answer }) : answer;
  }

  /** Forgets what it could restore: a conversation is over. */
  async forget() {
    await (await this.#connection)?.ask("forget");
  }

  connectedCallback() {
    this.#children = new MutationObserver(() => this.#attach());
    this.#children.observe(this, { childList: true, subtree: true });
    this.#attach();
  }

  disconnectedCallback() {
    this.#children?.disconnect();
    this.#detach();
    void this.#connection?.then((connection) => connection.close());
    this.#connection = undefined;
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} after
   */
  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#guarded) return;
    if (name === "config") return void this.#load();
    this.#detach();
    this.#attach();
  }

  /** The field may be another one, or have come only now. */
  #attach() {
    const field = /** @type {HTMLElement | null} */ (this.querySelector(FIELDS));
    if (field === (this.#guarded?.field.element ?? null)) return;
    this.#detach();
    const root = this.shadowRoot;
    if (!field || !root) return;
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.#connection ??= connect();
    const ask = async (/** @type {any[]} */ ...question) => {
      const connection = await this.#connection;
      if (!connection) throw new Error("the element was taken out of the page");
      return connection.ask(question[0], question[1], question[2]);
    };
    const choices = this.#choices();
    const tell = (/** @type {string} */ name, /** @type {unknown} */ tally) =>
      this.#tell(name, tally);
    const guarded = new Guarded(field, root, ask, choices, tell);
    this.#guarded = guarded;
    const tree = field.getRootNode();
    guardForms(() => [guarded], signal, tree instanceof ShadowRoot ? tree : window);
    const send = this.getAttribute("send");
    if (send) guardSending(() => [guarded], signal, send);
    this.#describe(field, signal);
    void this.#load();
  }

  #detach() {
    this.#leaving?.abort();
    this.#guarded?.close();
    this.#guarded = undefined;
  }

  /** @returns {import("./guarded.js").Choices} */
  #choices() {
    const submit = this.getAttribute("submit");
    const keys = {
      next: this.getAttribute("next-key") ?? "F8",
      redact: this.getAttribute("redact-key") ?? "F9",
    };
    return {
      submit: submit === "block" || submit === "leave" ? submit : "redact",
      onFault: this.getAttribute("on-fault") === "allow" ? "allow" : "block",
      keys,
      floats: false,
      wording: this.wording,
    };
  }

  /**
   * Says to a screen reader what the field is under. It has to stand in the field's own tree.
   *
   * @param {HTMLElement} field
   * @param {AbortSignal} signal
   */
  #describe(field, signal) {
    const id = `sandgate-${++count}`;
    const hint = make(document, "span", { id, hidden: "" }, this.wording.hint);
    const before = field.getAttribute("aria-describedby");
    this.append(hint);
    field.setAttribute("aria-describedby", before ? `${before} ${id}` : id);
    signal.addEventListener("abort", () => {
      hint.remove();
      if (before) field.setAttribute("aria-describedby", before);
      else field.removeAttribute("aria-describedby");
    });
  }

  async #load() {
    const guarded = this.#guarded;
    const connection = this.#connection;
    if (!guarded || !connection) return;
    const loaded = await guarded.load(this.#asked(connection));
    if (loaded) this.#tell(loaded.problem === undefined ? "ready" : "fault", loaded);
  }

  /**
   * @param {Promise<Connection>} connection
   * @returns {Promise<import("./desk.js").Loaded>}
   */
  async #asked(connection) {
    const load = ++this.#loads;
    const [{ ask }, config] = await Promise.all([connection, this.#document()]);
    // One that was longer on its way must not come after one that was asked for since.
    if (load !== this.#loads) throw new Error("another configuration was asked for");
    return ask("load", { config, options: this.#options });
  }

  /** @returns {Promise<Config>} */
  async #document() {
    const url = this.getAttribute("config");
    if (this.#config !== undefined) return this.#config;
    if (!url) return DEFAULT;
    const response = await fetch(new URL(url, this.baseURI));
    if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
    return response.text();
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`sandgate-${name}`, { bubbles: true, detail }));
  }
}
