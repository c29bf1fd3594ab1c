/** Types of `<sandgate-guard>`, for whoever writes TypeScript. */
import type { Action, Config, LoadOptions, Policy } from "../index.js";

/** What was found, without content. */
export interface Tally {
  /** How many findings of each rule. */
  rules: Record<string, number>;
  /** `"forward"`, `"edited"`, or `"refused"`. */
  decision: string;
}

/** Goes around a textarea or an editable element; see the README for its attributes. */
export class SandgateGuard extends HTMLElement {
  /** The configuration, instead of the one at the attribute's URL. */
  config: Config | undefined;
  /** As `Guard.load` takes them. */
  options: LoadOptions;
  /** What is read and heard; replace it before the element is connected. */
  wording: Wording;
  /** Whether the text there is now may leave, as far as is known at once. */
  readonly isClear: boolean;
  /** The text that may leave, checked and redacted as configured; nothing where it may not. */
  outgoing(): Promise<string | undefined>;
  /** Redacts what is found now; whether the field has it. */
  redact(): Promise<boolean>;
  /** Takes the last redaction back. */
  undo(): Promise<void>;
  /** An answer with the person's own words in place of the pseudonyms that were given them here. */
  restore(answer: string): Promise<string>;
  /** Forgets what it could restore. */
  forget(): Promise<void>;
}

/** A span that a person sees as one finding. */
export interface Mark {
  start: number;
  end: number;
  action: Action;
  findings: { rule: string; policy: string; confidence: number; action: Action }[];
  /** What would stand there instead. */
  becomes?: string;
}

/** Everything that is read or heard. */
export interface Wording {
  loading: string;
  checking: string;
  empty: string;
  clean: string;
  redact: string;
  redactAll: string;
  undo: string;

  hint: string;
  undone: string;
  nothingToRedact: string;
  unreadable: string;
  unwritable: string;
  rule(rule: string): string;
  action(action: Action): string;
  confidence(confidence: number): string;
  becomes(replacement: string): string;
  found(marks: readonly Mark[]): string;
  announced(marks: readonly Mark[], keys: { next: string; redact: string }): string;
  reviewed(mark: Mark, at: number, of: number): string;
  redacted(count: number): string;
  refused(marks: readonly Mark[], keys: { redact: string }): string;
  fault(fault: { policy: string; kind: string | { answer: string } }): string;
  blocked(problem: string): string;
  unchecked(problem: string): string;
}

declare global {
  interface HTMLElementTagNameMap {
    "sandgate-guard": SandgateGuard;
  }
  interface HTMLElementEventMap {
    "sandgate-ready": CustomEvent<{ policies: Policy[] }>;
    "sandgate-fault": CustomEvent<{ problem: string }>;
    "sandgate-look": CustomEvent<Tally>;
    "sandgate-redact": CustomEvent<Tally>;
    "sandgate-refuse": CustomEvent<Tally>;
  }
}
