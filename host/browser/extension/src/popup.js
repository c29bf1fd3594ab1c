/** What was found on this page: rules and counts. */
import { english } from "../../element/wording.js";
import { api } from "./api.js";
import { addPage, removePage } from "./pages.js";
import { choose, settings } from "./settings.js";
import { isOn, patternOf, siteOf } from "./sites.js";

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const act = /** @type {HTMLButtonElement} */ ($("act"));

$("options").addEventListener("click", () => {
  api.runtime.openOptionsPage();
  window.close();
});

/** The page that the popup was opened on; a test names another by its number. */
async function pageTab() {
  const asked = new URLSearchParams(location.search).get("tab");
  if (asked) return api.tabs.get(Number(asked));
  const [tab] = await api.tabs.query({ active: true, currentWindow: true });
  return tab;
}

const tab = await pageTab();
const url = tab?.url ?? "";
await show();

async function show() {
  const chosen = await settings();
  const { problem } = await api.runtime.sendMessage({ policies: true });
  const site = siteOf(url);
  const pattern = /^https?:/.test(url) ? patternOf(url) : undefined;
  const isAdded = chosen.added.some((added) => isOn(added, url));
  const isGuarded = isAdded || (site !== undefined && !chosen.off.includes(site.name));
  $("page").textContent = site?.name ?? (pattern ? new URL(url).host : "");
  say(problem, isGuarded, pattern);
  act.hidden = !pattern || (site !== undefined && chosen.managed.sites);
  act.className = isGuarded ? "" : "primary";
  act.textContent = isGuarded ? "Turn off here" : "Guard this page";
  act.onclick = async () => {
    if (site) await turn(site.name, isGuarded, chosen.off);
    else if (pattern) await (isAdded ? removePage(pattern) : addPage(pattern));
    if (tab?.id !== undefined) await api.tabs.reload(tab.id);
    await show();
  };
  if (tab?.id !== undefined) await count(tab.id);
}

/**
 * @param {string | undefined} problem
 * @param {boolean} isGuarded
 * @param {string | undefined} pattern
 */
function say(problem, isGuarded, pattern) {
  const state = $("state");
  state.className = problem ? "bad" : isGuarded ? "good" : "quiet";
  if (problem) state.textContent = `Cannot check: ${problem}`;
  else if (isGuarded) state.textContent = "What you type here is checked on this device.";
  else if (pattern) state.textContent = "This page is not guarded.";
  else state.textContent = "Pages of the browser cannot be guarded.";
}

/** @param {string} name @param {boolean} isGuarded @param {string[]} off */
function turn(name, isGuarded, off) {
  const others = off.filter((other) => other !== name);
  return choose({ off: isGuarded ? [...others, name] : others });
}

/** @param {number} id */
async function count(id) {
  const { found, redacted, refused } = await api.runtime.sendMessage({ tally: id });
  const rules = [...new Set([...Object.keys(found), ...Object.keys(redacted)])].sort();
  const rows = rules.map((rule) => {
    const row = document.createElement("tr");
    const cells = [english.rule(rule), found[rule] ?? 0, redacted[rule] ?? 0];
    for (const text of cells) row.insertCell().textContent = String(text);
    row.cells[0].title = rule;
    return row;
  });
  $("counts").hidden = rows.length === 0;
  $("counts")
    .querySelector("tbody")
    ?.replaceChildren(...rows);
  $("refused").hidden = refused === 0;
  $("refused").textContent = `Not sent: ${refused} ${refused === 1 ? "time" : "times"}`;
}
