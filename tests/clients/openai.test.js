// OpenAI's own client for JavaScript, unmodified.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

import OpenAI from "openai";

const MAIL = "ana@example.org";
const ANSWER = `You said: write to ${MAIL}`;
const messages = [{ role: "user", content: `write to ${MAIL}` }];
const CONFIG = `policies: { pii: { actions: { EMAIL_ADDRESS: pseudonymize, CREDIT_CARD: block } } }`;

let folder, gateway, mock, client;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "sandgate-"));
  await writeFile(join(folder, "sandgate.yaml"), CONFIG);
  const args = ["serve", "--upstream", "mock", "--listen", "127.0.0.1:0"];
  gateway = spawn(process.env.SANDGATE, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const urls = [];
  for await (const line of createInterface({ input: gateway.stderr })) {
    const url = /listen(?:s|ing) on (http:\/\/[^,\s]+)/.exec(line)?.[1];
    if (url && urls.push(url) === 2) break;
  }
  gateway.stderr.resume();
  const [first, second] = urls;
  mock = first;
  client = new OpenAI({ baseURL: `${second}/v1`, apiKey: "none", maxRetries: 0 });
});

after(async () => {
  gateway?.kill();
  await rm(folder, { recursive: true });
});

async function seen() {
  const requests = await (await fetch(`${mock}/mock/seen`)).json();
  return JSON.stringify(requests.at(-1).body);
}

test("a chat", async () => {
  const answer = await client.chat.completions.create({ model: "m", messages });
  assert.equal(answer.choices[0].message.content, ANSWER);
  assert(!(await seen()).includes(MAIL));
});

test("a chat, streamed", async () => {
  const stream = await client.chat.completions.create({ model: "m", messages, stream: true });
  let said = "";
  for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? "";
  assert.equal(said, ANSWER);
  assert(!(await seen()).includes(MAIL));
});

test("a response, streamed", async () => {
  const stream = client.responses.stream({ model: "m", input: `write to ${MAIL}` });
  let said = "";
  for await (const event of stream) if (event.type === "response.output_text.delta") said += event.delta;
  assert.equal(said, ANSWER);
  assert.equal((await stream.finalResponse()).output_text, ANSWER);
});

test("a tool, streamed", async () => {
  const order = [{ role: "user", content: `mock: tool send_mail {"to": "${MAIL}"}` }];
  const parameters = { type: "object", properties: { to: { type: "string" } } };
  const tools = [{ type: "function", function: { name: "send_mail", parameters } }];
  const stream = client.chat.completions.stream({ model: "m", messages: order, tools });
  const answer = await stream.finalChatCompletion();
  const [call] = answer.choices[0].message.tool_calls;
  assert.deepEqual(JSON.parse(call.function.arguments), { to: MAIL });
  assert(!(await seen()).includes(MAIL));
});

test("structured output", async () => {
  const schema = { type: "object", properties: { text: { type: "string" } }, required: ["text"] };
  const json_schema = { name: "reply", strict: true, schema: { ...schema, additionalProperties: false } };
  const response_format = { type: "json_schema", json_schema };
  const answer = await client.chat.completions.parse({ model: "m", messages, response_format });
  assert.deepEqual(answer.choices[0].message.parsed, { text: ANSWER });
});

test("embeddings", async () => {
  const answer = await client.embeddings.create({ model: "m", input: `write to ${MAIL}` });
  assert(answer.data[0].embedding.length > 0);
  assert(!(await seen()).includes(MAIL));
});

test("a block", async () => {
  const card = [{ role: "user", content: "my card is 4111 1111 1111 1111" }];
  const asked = client.chat.completions.create({ model: "m", messages: card, stream: true });
  await assert.rejects(asked, (error) => {
    assert(error instanceof OpenAI.PermissionDeniedError);
    assert(error.message.includes("CREDIT_CARD") && !error.message.includes("4111"));
    return true;
  });
});
