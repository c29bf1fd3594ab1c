/**
 * What runs behind the pages: a service worker in Chromium, scripts in Firefox. The guard is here,
 * so that it is loaded once, and no page's Content-Security-Policy has a say in it.
 */
import { answerTo } from "../../element/line.js";
import { api } from "./api.js";
import { fault, office, reload } from "./office.js";
import { settings } from "./settings.js";
import { forget, note, tallyOf } from "./tally.js";

const OWN = "added";

/** Lines to pages. @type {Set<chrome.runtime.Port>} */
const ports = new Set();

void api.action.setBadgeBackgroundColor({ color: "#8a4b00" });

api.runtime.onConnect.addListener((port) => {
  const answer = answerTo(office, (message) => {
    // Whoever asked may have left.
    try {
      port.postMessage(message);
    } catch {}
  });
  ports.add(port);
  port.onDisconnect.addListener(() => ports.delete(port));
  const tab = port.sender?.tab?.id;
  const frame = port.sender?.frameId ?? 0;
  port.onMessage.addListener((message) => {
    if (!message.tally) void answer(message);
    else if (tab !== undefined) void note(tab, frame, message.tally);
  });
});

api.runtime.onMessage.addListener((message, sender, reply) => {
  const { settings: asks, check, tally } = message;
  // A page's frame may only ask how it is guarded.
  const isOurs = sender.url?.startsWith(api.runtime.getURL(""));
  if (asks) settings().then(reply);
  else if (isOurs && typeof check === "string") fault(check).then((problem) => reply({ problem }));
  else if (isOurs && typeof tally === "number") tallyOf(tally).then(reply);
  else if (isOurs && message.policies) {
    office
      .load({ config: "" })
      .then(reply, (error) => reply({ problem: error.message, policies: [] }));
  } else return false;
  return true;
});

api.tabs.onRemoved.addListener((tab) => void forget(tab));
api.tabs.onUpdated.addListener((tab, { status }) => {
  if (status === "loading") void forget(tab);
});

api.storage.onChanged.addListener(async (changes, area) => {
  if (area === "session") return;
  if ("config" in changes) {
    reload();
    for (const port of ports) port.postMessage({ changed: true });
  }
  if ("added" in changes) await register();
});
api.permissions.onRemoved.addListener(() => void register());
api.permissions.onAdded.addListener(() => void register());
api.runtime.onInstalled.addListener(() => void register());

/** Pages that the person added, and still allows, get the content script that the sites have. */
async function register() {
  const { added } = await settings();
  const allowed = await Promise.all(
    added.map((pattern) => api.permissions.contains({ origins: [pattern] })),
  );
  const matches = added.filter((_, idx) => allowed[idx]);
  const had = await api.scripting.getRegisteredContentScripts({ ids: [OWN] });
  if (had.length > 0) await api.scripting.unregisterContentScripts({ ids: [OWN] });
  if (matches.length === 0) return;
  const script = { js: ["content.js"], runAt: "document_start", allFrames: true };
  await api.scripting.registerContentScripts([
    { id: OWN, matches, .../** @type {any} */ (script) },
  ]);
}
