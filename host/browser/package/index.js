// The package's whole surface; index.d.ts says what each of it does.
export { SandgateError } from "./error.js";
export { guardFetch } from "./fetch.js";
export { Guard } from "./guard.js";
export { init, initSync } from "./load.js";
