/**
 * What was found on each page: rules and counts, and nothing of the text. It is kept in memory by
 * the browser for as long as the page is open.
 *
 * @typedef {object} Tally of a page, or of a frame of it
 * @property {Record<string, number>} found by rule: what stands in its fields now
 * @property {Record<string, number>} redacted by rule, so far
 * @property {number} refused how often something was not sent
 */
import { api } from "./api.js";

/** @returns {Tally} */
export const nothing = () => ({ found: {}, redacted: {}, refused: 0 });

/** One change after the other. */
let last = Promise.resolve();

/**
 * @param {number} tab
 * @param {number} frame
 * @param {Tally | undefined} tally nothing where the frame is gone
 */
export function note(tab, frame, tally) {
  last = last.then(async () => {
    const frames = await framesOf(tab);
    if (tally) frames[frame] = tally;
    else delete frames[frame];
    await api.storage.session.set({ [key(tab)]: frames });
    const found = Object.values(sum(frames).found).reduce((a, b) => a + b, 0);
    const text = found > 0 ? String(found) : "";
    // The tab may be gone.
    await api.action.setBadgeText({ tabId: tab, text }).catch(() => {});
  });
  return last;
}

/** @param {number} tab */
export function forget(tab) {
  last = last.then(() => api.storage.session.remove(key(tab)));
  return last;
}

/** @param {number} tab @returns {Promise<Tally>} */
export async function tallyOf(tab) {
  return sum(await framesOf(tab));
}

/** @param {number} tab @returns {Promise<Record<number, Tally>>} */
async function framesOf(tab) {
  const kept = await api.storage.session.get(key(tab));
  return /** @type {Record<number, Tally>} */ (kept[key(tab)]) ?? {};
}

/** @param {number} tab */
const key = (tab) => `tally-${tab}`;

/** @param {Record<number, Tally>} frames */
function sum(frames) {
  const all = nothing();
  for (const { found, redacted, refused } of Object.values(frames)) {
    add(all.found, found);
    add(all.redacted, redacted);
    all.refused += refused;
  }
  return all;
}

/** @param {Record<string, number>} to @param {Record<string, number>} counts */
export function add(to, counts) {
  for (const [rule, count] of Object.entries(counts)) to[rule] = (to[rule] ?? 0) + count;
}
