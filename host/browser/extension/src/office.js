/**
 * The extension's one desk, with the configuration as it is set. Pages ask it; what they ask with
 * is forgotten once it is answered.
 *
 * @typedef {import("../../element/desk.js").Loaded} Loaded
 */
import { read } from "../../document.js";
import { Desk } from "../../element/desk.js";
import { Guard } from "../../index.js";
import { api } from "./api.js";
import { settings } from "./settings.js";

const desk = new Desk(Guard);
/** @type {Promise<Loaded> | undefined} */
let loaded;

/** The configuration may be another one. */
export function reload() {
  loaded = undefined;
}

/** @returns {Promise<Loaded>} */
function load() {
  loaded ??= settings().then(async ({ config }) => {
    const document = read(config);
    const options = { key: await secret() };
    return desk.load({ config: document.config, options }).catch((error) => {
      throw new Error(document.located(error));
    });
  });
  return loaded;
}

/** What pages may ask. @type {Pick<Desk, import("../../element/line.js").Method>} */
export const office = {
  load,
  async look(asked, signal) {
    await load();
    return desk.look(asked, signal);
  },
  async clean(asked, signal) {
    await load();
    const cleaned = await desk.clean(asked, signal);
    // Nobody will ask for it back: an answer is the site's to show.
    await desk.forget();
    return cleaned;
  },
  async restore({ answer }) {
    return answer;
  },
  async forget() {},
};

/**
 * What is wrong with a configuration, with its place; nothing where it is right.
 *
 * @param {string} config
 * @returns {Promise<string | undefined>}
 */
export async function fault(config) {
  try {
    const document = read(config);
    const guard = await Guard.load(document.config).catch((error) => {
      throw new Error(document.located(error));
    });
    const { problem } = guard;
    guard.free();
    return problem;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What pseudonyms are made with, for as long as the browser runs: the background does not. */
async function secret() {
  const kept = await api.storage.session.get("secret");
  if (typeof kept.secret === "string") return kept.secret;
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const secret = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  await api.storage.session.set({ secret });
  return secret;
}
