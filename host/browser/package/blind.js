// The gate's place where WebAssembly is forbidden: it sees nothing, and does what the configuration
// says of policies that fail. It answers what the gate answers, so that nobody else needs to know.

const encoder = new TextEncoder();
const MESSAGE = "blocked: the policies cannot run on this page";

/** In place of a gate. */
export class Blind {
  #faults;
  #status;

  constructor(config) {
    const { policies, refusal } = read(config);
    this.#faults = Object.entries(policies).map(([policy, settings]) => {
      return { policy, kind: "unavailable", refused: !allows(settings ?? {}) };
    });
    this.#status = refusal?.status ?? 403;
  }

  policies() {
    return "[]";
  }

  open() {
    return new BlindExchange(this.#faults);
  }

  pass() {
    return new BlindPassage(this.#faults, this.#status);
  }

  held_ms() {}

  free() {}
}

/** In place of an exchange. */
class BlindExchange {
  #faults;
  #parts = 0;
  #fed = 0;
  #bytes = 0;

  constructor(faults) {
    this.#faults = faults;
  }

  begin() {
    this.#parts += 1;
    this.#fed = 0;
  }

  feed(chunk) {
    this.#fed += chunk.length;
    this.#bytes += encoder.encode(chunk).length;
    return this.end();
  }

  end() {
    return JSON.stringify({ upto: isRefused(this.#faults) ? 0 : this.#fed, edits: [] });
  }

  overdue() {
    return this.end();
  }

  held() {
    return isRefused(this.#faults) ? this.#fed : 0;
  }

  report() {
    return JSON.stringify(report(this.#faults, this.#parts, this.#bytes));
  }

  restorer() {
    return { restore: (text) => text, free() {} };
  }

  free() {}
}

/** In place of a request on its way. */
class BlindPassage {
  #faults;
  #status;
  #bytes = new Uint8Array();

  constructor(faults, status) {
    this.#faults = faults;
    this.#status = status;
  }

  edited() {
    return false;
  }

  refused() {
    if (!isRefused(this.#faults)) return undefined;
    const error = { message: MESSAGE, type: "sandgate_error", code: "policy_fault" };
    this.#bytes = encoder.encode(JSON.stringify({ error }));
    return this.#status;
  }

  headers() {
    return ["content-type", "application/json"];
  }

  take() {
    const bytes = this.#bytes;
    this.#bytes = new Uint8Array();
    return bytes;
  }

  respond() {
    return true;
  }

  push(bytes) {
    this.#bytes = bytes;
  }

  end() {}

  overdue() {}

  goes_on() {
    return true;
  }

  is_broken() {
    return false;
  }

  held() {
    return 0;
  }

  decision() {
    return report(this.#faults, 0, 0).decision;
  }

  report() {
    return JSON.stringify(report(this.#faults, 0, 0));
  }

  free() {}
}

/** What of a configuration can be known here. One that cannot be read allows nothing. */
function read(config) {
  try {
    const { policies, refusal } = typeof config === "string" ? JSON.parse(config) : config;
    return { policies: policies ?? {}, refusal };
  } catch {
    return { policies: { "*": {} } };
  }
}

/** Closed by default; who only observes has said that no text may suffer. */
function allows({ on_fault, mode }) {
  return (on_fault ?? (mode === "observe" ? "allow" : "block")) === "allow";
}

function isRefused(faults) {
  return faults.some(({ refused }) => refused);
}

function report(faults, parts, bytes) {
  const refusal = isRefused(faults) ? { refused: "fault" } : {};
  const decision = isRefused(faults) ? "refused" : "forward";
  return { decision, ...refusal, findings: [], faults, unscannable: 0, parts, bytes, unsettled: 0 };
}
