// What is wrong with a configuration, a policy, or an environment.

export class SandgateError extends Error {
  name = "SandgateError";
}

/** Runs something of the gate's, whose errors are plain ones. */
export function told(run) {
  try {
    return run();
  } catch (error) {
    throw error instanceof WebAssembly.RuntimeError ? error : new SandgateError(error.message);
  }
}
