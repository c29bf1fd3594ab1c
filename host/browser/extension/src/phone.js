/**
 * From a page to the background, which the browser ends and starts as it likes: a line that is
 * opened when something is asked, and again when it broke.
 *
 * @typedef {import("../../element/line.js").Ask} Ask
 * @typedef {import("./tally.js").Tally} Tally
 */
import { Line } from "../../element/line.js";
import { api } from "./api.js";

export const GONE = "the extension was updated or turned off, reload this page";

let changed = () => {};

/** To be told of another configuration. @param {() => void} tell */
export function onChange(tell) {
  changed = tell;
}

/** @type {{ port: chrome.runtime.Port, line: Line } | undefined} */
let open;

function phone() {
  if (open) return open;
  // An extension that is gone leaves its scripts behind.
  if (!api.runtime?.id) throw new Error(GONE);
  const port = api.runtime.connect({ name: "guard" });
  const line = new Line((question) => port.postMessage(question));
  port.onMessage.addListener((message) => (message.changed ? changed() : line.receive(message)));
  port.onDisconnect.addListener(() => {
    open = undefined;
    line.close("the background ended");
  });
  open = { port, line };
  return open;
}

/** @type {Ask} */
export const ask = async (method, asked, signal) => {
  try {
    return await phone().line.ask(method, asked, signal);
  } catch (error) {
    // The background ended while it was asked: once more.
    if (signal?.aborted || open) throw error;
    return phone().line.ask(method, asked, signal);
  }
};

/** Tells what was found in this frame. @param {Tally} tally */
export function tell(tally) {
  try {
    phone().port.postMessage({ tally });
  } catch {
    // Nobody counts any more.
  }
}
