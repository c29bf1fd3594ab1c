/**
 * How a guarded field stands, in words.
 *
 * @typedef {import("./bar.js").Mood} Mood
 * @typedef {import("./desk.js").Look} Look
 * @typedef {import("./guarded.js").Choices} Choices
 * @typedef {import("./spans.js").Mark} Mark
 *
 * @typedef {object} State
 * @property {string | undefined} problem why nothing can be looked at
 * @property {boolean} isLoaded
 * @property {boolean} isEmpty
 * @property {boolean} isSlow a look has been under way for a while
 * @property {Look | undefined} look what was seen in the text there is now
 * @property {string | undefined} refusal why that text was not let go
 * @property {readonly Mark[]} marks
 * @property {number} redacted how many edits were just made, and can be unmade
 */
import { isEnforced } from "./spans.js";

/**
 * @param {State} state
 * @param {Choices} choices
 * @returns {[Mood, string] | undefined} nothing where it is not known yet
 */
export function standing(state, { wording, onFault }) {
  if (state.problem !== undefined) {
    const decision = state.isLoaded ? state.look?.decision : undefined;
    const goes = decision ? decision === "forward" : onFault === "allow";
    return ["bad", (goes ? wording.unchecked : wording.blocked)(state.problem)];
  }
  if (state.refusal !== undefined) return ["bad", state.refusal];
  if (!state.isLoaded) return ["busy", wording.loading];
  if (state.isEmpty) return ["calm", wording.empty];
  if (state.isSlow) return ["busy", wording.checking];
  if (state.marks.some(isEnforced)) return ["found", wording.found(state.marks)];
  if (state.redacted > 0) return ["calm", wording.redacted(state.redacted)];
  if (state.marks.length > 0) return ["calm", wording.found(state.marks)];
  return state.look ? ["calm", wording.clean] : undefined;
}

/**
 * Why a text that was looked at does not leave.
 *
 * @param {Look} look
 * @param {readonly Mark[]} marks
 * @param {string | undefined} problem
 * @param {Choices} choices
 */
export function reason(look, marks, problem, { wording, keys }) {
  const fault = look.faults.find(({ refused }) => refused);
  if (look.refused === "fault" && problem !== undefined) return wording.blocked(problem);
  if (look.refused === "fault" && fault) return wording.fault(fault);
  if (look.refused === "unscannable" || look.refused === "held") return wording.unreadable;
  return wording.refused(marks, keys);
}

/**
 * What a page may be told of what was found: counts, without content.
 *
 * @typedef {{ rules: Record<string, number>, decision: string }} Tally
 *
 * @param {Pick<Look, "findings" | "decision">} look
 * @param {Mark} [only] of this one
 * @returns {Tally}
 */
export function tallyOf({ findings, decision }, only) {
  /** @type {Record<string, number>} */
  const rules = {};
  for (const { rule, start } of findings) {
    if (!only || (start >= only.start && start < only.end)) rules[rule] = (rules[rule] ?? 0) + 1;
  }
  return { rules, decision };
}
