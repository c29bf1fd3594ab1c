/** Pages that the person adds: the browser asks for each of them. */
import { api } from "./api.js";
import { choose, settings } from "./settings.js";

/** @param {string} pattern @returns {Promise<boolean>} whether the person allowed it */
export async function addPage(pattern) {
  // First, while the browser still knows that a person pressed something.
  if (!(await api.permissions.request({ origins: [pattern] }))) return false;
  const { added } = await settings();
  await choose({ added: [...new Set([...added, pattern])].sort() });
  return true;
}

/** @param {string} pattern */
export async function removePage(pattern) {
  const { added } = await settings();
  await choose({ added: added.filter((other) => other !== pattern) });
  // One that the manifest itself names stays.
  await api.permissions.remove({ origins: [pattern] }).catch(() => {});
}
