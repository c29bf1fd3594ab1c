/** The playground: type, see, redact, send, and see what left and what came back. */
import { read } from "../document.js";
import "../element/index.js";
import { Guard } from "../index.js";
import { exchange } from "./exchange.js";
import { model } from "./model.js";
import { at, showMarked, summary } from "./show.js";

/** @typedef {import("../element/sandgate-guard.js").SandgateGuard} SandgateGuard */

const CONFIG = `policies:
  pii:
    actions: { US_SSN: block, EMAIL_ADDRESS: pseudonymize, CREDIT_CARD: mask }
  secrets:
    actions: { "*": redact }
`;

const EXAMPLES = {
  "An e-mail":
    "Write a kind reminder to ana.silva@example.org about the invoice, and ask bob@example.org for the receipt.",
  "A card":
    "The customer paid with 4111 1111 1111 1111 and wants the money back. What do I answer?",
  "A social security number": "Fill in the form for me. My SSN is 536-22-8145.",
};

/** How long after the last key the configuration is read, in milliseconds. */
const PAUSE = 300;

const prompt = /** @type {HTMLTextAreaElement} */ (at("prompt"));
const config = /** @type {HTMLTextAreaElement} */ (at("config"));
const send = /** @type {HTMLButtonElement} */ (at("send"));
const element = /** @type {SandgateGuard} */ (document.querySelector("sandgate-guard"));
const isHere =
  document.querySelector('meta[name="sandgate-model"]')?.getAttribute("content") === "here";
/** @type {typeof fetch} */
const onwards = isHere ? model : (input, init) => fetch(input, init);

// The element's guard and the one that sends give equal pseudonyms.
const key = crypto.getRandomValues(new Uint8Array(32));
/** @type {Guard | undefined} */
let guard;

async function configure() {
  const problem = at("problem");
  try {
    const document = read(config.value);
    guard = await Guard.load(document.config, { key }).catch((error) => {
      throw new Error(document.located(error));
    });
    element.config = document.config;
    problem.textContent = guard.problem ?? "In force";
    problem.className = guard.problem ? "bad" : "good";
    showPolicies(guard);
  } catch (error) {
    // The one before goes on.
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.className = "bad";
  }
}

/** @param {Guard} guard */
function showPolicies({ policies }) {
  const items = policies.map(({ name, version, digest }) => {
    const item = document.createElement("li");
    item.textContent = `${name} ${version} ${digest}`;
    return item;
  });
  at("policies").replaceChildren(...items);
}

/** @param {string} text */
async function go(text) {
  if (!guard || text.trim() === "") return;
  send.disabled = true;
  at("trouble").hidden = true;
  at("exchange").hidden = false;
  at("wrote").textContent = text;
  for (const id of ["left", "came", "read", "report"]) at(id).textContent = "";
  let [came, answer, gateway] = ["", "", ""];
  try {
    const trouble = await exchange(text, guard, onwards, {
      left: (left) => showMarked(at("left"), left),
      came: (delta) => showMarked(at("came"), (came += delta)),
      read: (delta) => (at("read").textContent = answer += delta),
      gateway: (decision) => (gateway = decision),
      report: (report) => (at("report").textContent = summary(report, gateway)),
    });
    // What was redacted in the box before it was sent is restored by the box.
    at("read").textContent = await element.restore(answer);
    if (trouble) complain(trouble);
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
  }
  send.disabled = false;
}

/** @param {string} trouble */
function complain(trouble) {
  at("trouble").textContent = trouble;
  at("trouble").hidden = false;
}

for (const [name, text] of Object.entries(EXAMPLES)) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = name;
  button.addEventListener("click", () => {
    prompt.focus();
    prompt.select();
    document.execCommand("insertText", false, text);
  });
  at("examples").append(button);
}
at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  void go(prompt.value);
});
prompt.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  /** @type {HTMLFormElement} */ (at("composer")).requestSubmit();
});
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
config.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(configure, PAUSE);
});
at("towards").textContent = isHere
  ? "to a stand-in for a model, on this page too"
  : "to the gateway";
at("from").textContent = isHere ? "from the stand-in" : "from the model, through the gateway";
config.value = CONFIG;
element.options = { key };
await configure();
