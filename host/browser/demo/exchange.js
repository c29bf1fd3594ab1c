/**
 * One exchange, seen from both sides of the guard.
 *
 * @typedef {import("../index.js").Guard} Guard
 * @typedef {import("../index.js").Summary} Summary
 *
 * @typedef {object} Seen where to tell what is seen
 * @property {(text: string) => void} left the prompt as it left
 * @property {(delta: string) => void} came of the answer, as it came
 * @property {(delta: string) => void} read of the answer, as the person reads it
 * @property {(summary: Summary) => void} report
 * @property {(decision: string) => void} gateway what the gateway did about what reached it
 */
import { guardFetch } from "../index.js";
import { excuse, PATH, promptIn, read, request } from "./chat.js";

/**
 * @param {string} prompt
 * @param {Guard} guard
 * @param {typeof fetch} onwards to the model
 * @param {Seen} seen
 * @returns {Promise<string | undefined>} why there is no answer, where there is none
 */
export async function exchange(prompt, guard, onwards, seen) {
  /** Outside of the guard. @type {typeof fetch} */
  const outside = async (input, init) => {
    seen.left(await promptIn(init?.body));
    const response = await onwards(input, init);
    seen.gateway(response.headers.get("x-sandgate") ?? "");
    if (!response.ok || !response.body) return response;
    const [mine, other] = response.body.tee();
    void read(mine, seen.came).catch(() => {});
    const { status, headers } = response;
    return new Response(other, { status, headers });
  };
  const guarded = guardFetch(outside, guard, { onReport: seen.report });
  const response = await guarded(PATH, request(prompt));
  if (!response.ok || !response.body) return excuse(response);
  await read(response.body, seen.read);
  return undefined;
}
