// Instances of policies, by number: what the gate calls. A policy's module imports nothing, so all
// it can do is compute; what it may cost is a global of its own, counted down in its code.

const FUNCTIONS = [
  "configure",
  "configure-post",
  "open",
  "begin",
  "feed",
  "feed-post",
  "end",
  "end-post",
  "realloc",
  "drop-policy",
  "drop-exchange",
];

const WELL = 0;
const TRAP = 1;
const FUEL = 2;
const STACK = 4;

const cores = [];
let last = WELL;

/** Keeps an instance of a module and gives its number. */
export function keep(module, instance) {
  const free = cores.indexOf(undefined);
  const number = free < 0 ? cores.length : free;
  cores[number] = { module, ...parts(instance) };
  return number;
}

/** Calls a function; how it went is what `fault` says. */
export function call(number, name, a, b, c, d, e, f, fuel) {
  const core = cores[number];
  last = WELL;
  core.fuel.value = BigInt(fuel);
  try {
    return core.functions[name](a, b, c, d, e, f) | 0;
  } catch (error) {
    last = why(core, error);
    return 0;
  }
}

export function fault() {
  return last;
}

export function read(number, at, into) {
  const memory = bytes(cores[number]);
  if (at + into.length > memory.length) return false;
  into.set(memory.subarray(at, at + into.length));
  return true;
}

export function write(number, at, from) {
  const memory = bytes(cores[number]);
  if (at + from.length > memory.length) return false;
  memory.set(from, at);
  return true;
}

/** Makes it new. Its module is compiled already, so this takes microseconds. */
export function reset(number) {
  const { module } = cores[number];
  try {
    cores[number] = { module, ...parts(new WebAssembly.Instance(module)) };
    return true;
  } catch {
    return false;
  }
}

export function release(number) {
  cores[number] = undefined;
}

function parts({ exports }) {
  const { memory, fuel } = exports;
  return { memory, fuel, functions: FUNCTIONS.map((name) => exports[name]), view: undefined };
}

/** Its memory, which moves when it grows. */
function bytes(core) {
  if (core.view?.buffer !== core.memory.buffer) core.view = new Uint8Array(core.memory.buffer);
  return core.view;
}

/** An error's own text stays unread: a policy has no say in what is told. */
function why(core, error) {
  if (core.fuel.value < 0n) return FUEL;
  // Too much recursion is a `RangeError`, or in Firefox an `InternalError`; a trap is neither.
  return error instanceof WebAssembly.RuntimeError ? TRAP : STACK;
}
