/**
 * What the person chose, under what their company did. The company's word wins.
 *
 * @typedef {object} Settings
 * @property {string} config the configuration, as YAML or JSON text
 * @property {"redact" | "block"} submit
 * @property {"block" | "allow"} onFault
 * @property {string[]} off the names of sites that are not guarded
 * @property {string[]} added match patterns of pages that the person added
 * @property {{ config: boolean, submit: boolean, onFault: boolean, sites: boolean }} managed what the
 *   company decided
 */
import { api } from "./api.js";

/** What is enforced before anybody chose: every policy's own actions. */
export const CONFIG = `# What is found, and what is done about it.
policies:
  pii: {}
  secrets: {}
`;

/** @returns {Promise<Settings>} */
export async function settings() {
  const [chosen, managed] = await Promise.all([chosenBefore(), decreed()]);
  const { config, submit, on_fault, locked } = managed;
  return {
    config: config ?? chosen.config ?? CONFIG,
    submit: submit ?? chosen.submit ?? "redact",
    onFault: on_fault ?? chosen.onFault ?? "block",
    off: locked ? [] : (chosen.off ?? []),
    added: chosen.added ?? [],
    managed: {
      config: config !== undefined,
      submit: submit !== undefined,
      onFault: on_fault !== undefined,
      sites: locked === true,
    },
  };
}

/** @param {Partial<Omit<Settings, "managed">>} chosen */
export function choose(chosen) {
  return api.storage.local.set(chosen);
}

/** @returns {Promise<Record<string, any>>} */
function chosenBefore() {
  return api.storage.local.get();
}

/** Without a company there is no managed storage, and Firefox says so by an error.
 * @returns {Promise<Record<string, any>>} */
async function decreed() {
  try {
    return await api.storage.managed.get();
  } catch {
    return {};
  }
}
