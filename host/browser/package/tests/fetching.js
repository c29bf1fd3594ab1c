// What `guardFetch` does, in whatever environment this is loaded; the model is a mock that echoes.

const MAIL = "ana@example.org";
const ANSWER = `You said: write to ${MAIL}`;
const USER = { role: "user", content: `write to ${MAIL}` };

/** How each provider is asked, streamed or not, and how its answers are read. */
const PROVIDERS = {
  "openai-chat": {
    path: () => "/v1/chat/completions",
    body: (stream) => ({ model: "m", messages: [USER], stream }),
    text: (answer) => answer.choices[0].message.content,
    delta: (event) => event.choices?.[0]?.delta?.content,
  },
  "openai-responses": {
    path: () => "/v1/responses",
    body: (stream) => ({ model: "m", input: USER.content, stream }),
    text: (answer) => answer.output[0].content[0].text,
    delta: (event) => (event.type === "response.output_text.delta" ? event.delta : ""),
  },
  anthropic: {
    path: () => "/v1/messages",
    body: (stream) => ({ model: "m", max_tokens: 9, messages: [USER], stream }),
    text: (answer) => answer.content[0].text,
    delta: (event) => event.delta?.text,
  },
  gemini: {
    path: (stream) => `/v1beta/models/m:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: () => ({ contents: [{ role: "user", parts: [{ text: USER.content }] }] }),
    text: (answer) => answer.candidates[0].content.parts[0].text,
    delta: (event) => event.candidates?.[0]?.content?.parts?.[0]?.text,
  },
  ollama: {
    path: () => "/api/chat",
    body: (stream) => ({ model: "m", messages: [USER], stream }),
    text: (answer) => answer.message.content,
    delta: (event) => event.message?.content,
  },
};

/** The configuration that these checks are made for. */
export const CONFIG = { policies: { pii: { actions: { EMAIL_ADDRESS: "pseudonymize", CREDIT_CARD: "block" } } } };

/** Checks everything against the model at `base`; gives what went wrong. */
export async function check(sandgate, guard, base, seen) {
  const wrong = [];
  const claim = (what, holds) => holds || wrong.push(what);
  const reports = [];
  const onReport = (report) => reports.push(report);
  const fetch = sandgate.guardFetch(globalThis.fetch, guard, { announce: true, onReport });
  const ask = (path, body) =>
    fetch(`${base}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  for (const [name, { path, body, text, delta }] of Object.entries(PROVIDERS)) {
    const whole = await ask(path(false), body(false));
    const said = text(await whole.json());
    claim(`${name}: ${said}`, said === ANSWER);
    claim(`${name}: x-sandgate`, whole.headers.get("x-sandgate") === "edited");
    claim(`${name}: the gateway knows the policy`, whole.headers.get("x-sandgate-client") === "pii");
    const streamed = (await events(await ask(path(true), body(true)))).map(delta).join("");
    claim(`${name}, streamed: ${streamed}`, streamed === ANSWER);
    claim(`${name}: the model saw it`, !(await seen()).includes(MAIL));
  }
  claim(`${reports.length} reports`, reports.length === 2 * Object.keys(PROVIDERS).length);
  claim("a report's decision", reports.every(({ decision }) => decision === "edited"));
  claim("what was restored", reports.every(({ restored }) => restored >= 1));
  claim("findings without offsets", reports.every(({ findings: [found] }) => found.rule && !("start" in found)));

  const card = [{ role: "user", content: "my card is 4111 1111 1111 1111" }];
  const refused = await ask("/v1/chat/completions", { model: "m", messages: card });
  const { error } = await refused.json();
  claim("a refusal's status", refused.status === 403 && refused.headers.get("x-sandgate") === "refused");
  claim(`a refusal: ${error.message}`, /CREDIT_CARD/.test(error.message) && !/4111/.test(error.message));

  const unread = await ask("/v1/chat/completions", "no JSON of theirs");
  claim("plain text as JSON", unread.status !== 500);
  const models = await fetch(`${base}/v1/models`);
  claim("a request without a body", models.status < 500);
  await models.text();
  claim("a request that is not matched", await passes(sandgate, guard, base));
  return wrong;
}

/** Whether a request that nobody asked to guard leaves as it came. */
async function passes(sandgate, guard, base) {
  const fetch = sandgate.guardFetch(globalThis.fetch, guard, { match: () => false });
  const body = JSON.stringify({ model: "m", messages: [USER] });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${base}/v1/chat/completions`, { method: "POST", headers, body });
  return !answer.headers.has("x-sandgate") && (await answer.json()).choices[0].message.content === ANSWER;
}

/** The documents of a stream: SSE, or one a line. */
async function events(response) {
  const lines = (await response.text()).split("\n").map((line) => line.replace(/^data: /, ""));
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}
