/**
 * In a page: whatever field a person goes to is guarded from then on.
 *
 * It runs before the page's own scripts, so that it hears a key or a click before they do.
 */
import { FIELDS } from "../../element/field.js";
import { Guarded } from "../../element/guarded.js";
import { adopt } from "../../element/sheet.js";
import { guardForms, guardSending } from "../../element/submission.js";
import { english } from "../../element/wording.js";
import { api } from "./api.js";
import { ask, onChange, tell } from "./phone.js";
import { sendsOn, siteOf } from "./sites.js";
import { add, nothing } from "./tally.js";

/** Takes no place on the page, and nothing of its style. */
const HOST = `:host { all: initial; position: fixed; top: 0; left: 0; pointer-events: none; z-index: 2147483646; }
.bar, .card { pointer-events: auto; }`;

/** @type {Map<HTMLElement, Guarded>} */
const guards = new Map();
const keys = { next: "F8", redact: "F9" };
const tally = nothing();
/** What stands in each field now. @type {Map<HTMLElement, Record<string, number>>} */
const found = new Map();

/** How the person wants it; asked once a page. */
const settings = api.runtime.sendMessage({ settings: true });

/** @param {HTMLElement} field */
async function guard(field) {
  if (guards.has(field)) return;
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  adopt(root, HOST);
  document.documentElement.append(host);
  host.style.colorScheme = isLight(getComputedStyle(field).color) ? "dark" : "light";
  // Closed until it is known to be otherwise.
  /** @type {import("../../element/guarded.js").Choices} */
  const choices = { submit: "redact", onFault: "block", keys, floats: true, wording: english };
  const guarded = new Guarded(field, root, ask, choices, (name, told) => count(field, name, told));
  guards.set(field, guarded);
  const tree = field.getRootNode();
  if (tree instanceof ShadowRoot) guardForms(() => [guarded], signal, tree);
  const leave = () => {
    guarded.close();
    host.remove();
    found.delete(field);
    guards.delete(field);
  };
  leaveWith(field, leave);
  const { submit, onFault } = await settings;
  Object.assign(choices, { submit, onFault });
  await guarded.load(ask("load"));
}

/** Once the field is no more in the page. @param {HTMLElement} field @param {() => void} leave */
function leaveWith(field, leave) {
  const glance = setInterval(() => {
    if (field.isConnected) return;
    clearInterval(glance);
    leave();
  }, 2_000);
}

/**
 * @param {HTMLElement} field
 * @param {"look" | "redact" | "refuse"} name
 * @param {import("../../element/guarded.js").Tally} told
 */
function count(field, name, { rules }) {
  if (name === "look") found.set(field, rules);
  if (name === "redact") add(tally.redacted, rules);
  if (name === "refuse") tally.refused += 1;
  tally.found = {};
  for (const rules of found.values()) add(tally.found, rules);
  tell(tally);
}

/** Whether a colour of text is light, and so stands on dark ground. @param {string} color */
function isLight(color) {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return 0.3 * red + 0.59 * green + 0.11 * blue > 140;
}

/** The field that something happened in. @param {Event} event */
function fieldOf(event) {
  const [target] = event.composedPath();
  if (!(target instanceof HTMLElement)) return undefined;
  const field = target.closest(FIELDS);
  return field instanceof HTMLElement ? field : undefined;
}

/** Whether the person turned it off on this site. */
async function isOff() {
  const site = siteOf(location.href);
  return site !== undefined && (await settings).off.includes(site.name);
}

const leaving = new AbortController();
const { signal } = leaving;
const comes = (/** @type {Event} */ event) => {
  const field = fieldOf(event);
  if (field) void guard(field);
};
for (const name of ["focusin", "input"]) {
  window.addEventListener(name, comes, { capture: true, signal });
}
onChange(() => guards.forEach((guarded) => guarded.load(ask("load"))));
guardForms(() => guards.values(), signal);
guardSending(() => guards.values(), signal, sendsOn(location.href));
const { activeElement } = document;
if (activeElement instanceof HTMLElement && activeElement.matches(FIELDS))
  void guard(activeElement);
void isOff().then((off) => {
  if (!off) return;
  leaving.abort();
  for (const guarded of guards.values()) guarded.close();
  guards.clear();
});
