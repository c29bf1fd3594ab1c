/** The options: the configuration, checked before it is saved, and where prompts are guarded. */
import { api } from "./api.js";
import { addPage, removePage } from "./pages.js";
import { choose, CONFIG, settings } from "./settings.js";
import { patternOf, SITES } from "./sites.js";

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const config = /** @type {HTMLTextAreaElement} */ ($("config"));
const submit = /** @type {HTMLSelectElement} */ ($("submit"));
const fault = /** @type {HTMLSelectElement} */ ($("fault"));
const address = /** @type {HTMLInputElement} */ ($("address"));
const save = /** @type {HTMLButtonElement} */ ($("save"));
const usual = /** @type {HTMLButtonElement} */ ($("usual"));

/** How long after the last key the configuration is checked, in milliseconds. */
const PAUSE = 300;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

config.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
});
save.addEventListener("click", async () => {
  if (!(await check())) return config.focus();
  await choose({ config: config.value });
  say("Saved", true);
});
usual.addEventListener("click", () => {
  config.value = CONFIG;
  void check();
});
submit.addEventListener("change", () =>
  choose({ submit: submit.value === "block" ? "block" : "redact" }),
);
fault.addEventListener("change", () =>
  choose({ onFault: fault.value === "allow" ? "allow" : "block" }),
);
$("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const pattern = patternOf(address.value);
  const refused = $("refused");
  if (!pattern) {
    refused.textContent = `${address.value}: not an address, expected one as chat.example.org`;
    return address.focus();
  }
  const isAllowed = await addPage(pattern);
  refused.textContent = isAllowed ? "" : `${pattern}: the browser was not allowed to`;
  if (isAllowed) address.value = "";
  await show();
});

/** Whether the configuration is right; says what is wrong and where. */
async function check() {
  const { problem } = await api.runtime.sendMessage({ check: config.value });
  config.setAttribute("aria-invalid", String(problem !== undefined));
  say(problem ?? "Nothing wrong with it", problem === undefined);
  return problem === undefined;
}

/** @param {string} text @param {boolean} isGood */
function say(text, isGood) {
  $("problem").textContent = text;
  $("problem").className = isGood ? "good" : "bad";
}

async function show() {
  const chosen = await settings();
  const { managed } = chosen;
  config.readOnly = managed.config;
  save.hidden = usual.hidden = managed.config;
  $("decreed").hidden = !managed.config;
  submit.value = chosen.submit;
  submit.disabled = managed.submit;
  fault.value = chosen.onFault;
  fault.disabled = managed.onFault;
  $("sites").replaceChildren(...SITES.map(({ name }) => site(name, chosen)));
  $("added").replaceChildren(...chosen.added.map(page));
}

/** @param {string} name @param {import("./settings.js").Settings} chosen */
function site(name, { off, managed }) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = !off.includes(name);
  box.disabled = managed.sites;
  box.addEventListener("change", async () => {
    const { off } = await settings();
    const others = off.filter((other) => other !== name);
    await choose({ off: box.checked ? others : [...others, name] });
  });
  const label = document.createElement("label");
  label.append(box, name);
  return label;
}

/** @param {string} pattern */
function page(pattern) {
  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = "Remove";
  remove.ariaLabel = `Remove ${pattern}`;
  remove.addEventListener("click", async () => {
    await removePage(pattern);
    await show();
  });
  const item = document.createElement("li");
  item.append(pattern.replace(/\/\*$/, ""), remove);
  return item;
}

config.value = (await settings()).config;
await show();
