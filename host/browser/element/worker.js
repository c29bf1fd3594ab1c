/** The worker that a guard works in, so that the page never waits for it. */
import { Guard } from "../index.js";
import { Desk } from "./desk.js";
import { answerTo } from "./line.js";

const answer = answerTo(new Desk(Guard), (message) => postMessage(message));
addEventListener("message", ({ data }) => answer(data));
// Whoever started it may now know that it could be: a module that a policy of the page forbids
// never comes this far.
postMessage({ ready: true });
