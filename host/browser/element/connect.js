/**
 * From a page to a desk: in a worker, or in the page itself where no worker may be had.
 *
 * @typedef {import("./line.js").Ask} Ask
 *
 * @typedef {object} Connection
 * @property {Ask} ask
 * @property {() => void} close
 */
import { Desk } from "./desk.js";
import { Line } from "./line.js";

/** A page's Content-Security-Policy, or a package on another origin, may forbid workers.
 * @returns {Promise<Connection>} */
export async function connect() {
  try {
    return await inWorker();
  } catch {
    const { Guard } = await import("../index.js");
    const desk = new Desk(Guard);
    return { ask: (method, asked, signal) => desk[method](asked, signal), close() {} };
  }
}

/** @returns {Promise<Connection>} */
function inWorker() {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const line = new Line((question) => worker.postMessage(question));
  return new Promise((resolve, reject) => {
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      reject(new Error("the worker could not be started"));
      line.close("the guard's worker ended");
    });
    worker.addEventListener("message", ({ data }) => {
      if (data.ready) resolve({ ask: line.ask, close: () => worker.terminate() });
      else line.receive(data);
    });
  });
}
