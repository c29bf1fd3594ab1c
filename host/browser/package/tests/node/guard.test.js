// What a page's author sees: texts in, findings and texts out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { policy, sandgate } from "../package-under-test.js";

const { Guard, SandgateError } = sandgate;
const MAIL = "ana@example.org";
const CONFIG = { policies: { pii: { actions: { "*": "pseudonymize", CREDIT_CARD: "block" } }, secrets: null } };
const guard = await Guard.load(CONFIG);

function redacted(text) {
  const { decision, text: left } = guard.redact(text);
  return `${decision}: ${left}`.replaceAll(/_[0-9a-z]{4}>/g, "_tag>");
}

test("a text without findings leaves as it came", () => {
  assert.equal(redacted("nothing here"), "forward: nothing here");
  assert.equal(redacted(""), "forward: ");
});

test("findings become what the configuration says", () => {
  assert.equal(redacted(`mail ${MAIL} now`), "edited: mail <EMAIL_ADDRESS_tag> now");
  assert.equal(redacted("card 4111 1111 1111 1111"), "refused: ");
});

test("offsets are those of JavaScript's strings", () => {
  for (const before of ["", "é", "身份证 ", "👩‍👩‍👧 ", "\u0000", "a\ud800 "]) {
    const text = `${before}write ${MAIL}, 👋`;
    const [{ start, end, rule, action }] = guard.check(text).findings;
    assert.deepEqual([text.slice(start, end), rule, action], [MAIL, "EMAIL_ADDRESS", "pseudonymize"]);
  }
});

test("edits are those that make the text", () => {
  const text = `👋 ${MAIL} and bob@example.org`;
  const { text: left, edits } = guard.redact(text);
  let made = text;
  for (const { start, end, text } of edits.toReversed?.() ?? [...edits].reverse()) {
    made = made.slice(0, start) + text + made.slice(end);
  }
  assert.equal(made, left);
  assert.equal(edits.length, 2);
});

test("an answer gets the person's own words back", () => {
  const { text, restore } = guard.redact(`mail ${MAIL} now`);
  assert.equal(restore(`I did: ${text}`), `I did: mail ${MAIL} now`);
  assert.equal(restore("<EMAIL_ADDRESS_0000>"), "<EMAIL_ADDRESS_0000>");
});

test("lone surrogates stay where nobody asks for an edit", () => {
  for (const text of ["\ud800", "\udc00 a", "a\ud83d", `\ud800${MAIL}\udfff`]) {
    const left = guard.redact(text).text;
    assert.equal(left.replace(/<.*>/, MAIL), text);
  }
});

test("a stream leaves as soon as it may, however characters are cut", () => {
  const exchange = guard.open();
  exchange.begin();
  const prose = "It is a truth universally acknowledged. ".repeat(20);
  const text = `👋🏽 write to ${MAIL}, 👋 ${prose}`;
  const chunks = Array.from({ length: text.length }, (_, at) => exchange.feed(text[at]));
  const early = chunks.join("");
  const left = early + exchange.end();
  assert.match(left, /^👋🏽 write to <EMAIL_ADDRESS_[0-9a-z]{4}>, 👋 It is/);
  assert(left.length - early.length < 300, `${early.length} of ${left.length} before the end`);
  exchange.begin({ direction: "response", role: "assistant" });
  const said = exchange.feed(left.slice(0, 20)) + exchange.feed(left.slice(20)) + exchange.end();
  assert.equal(said, text);
  assert.equal(exchange.report().restored, 1);
  assert.equal(exchange.held, 0);
  exchange.free();
});

test("nothing of what is refused leaves", () => {
  const exchange = guard.open();
  exchange.begin();
  const left = [..."my card is 4111 1111 1111 1111, thanks"].map((char) => exchange.feed(char)).join("");
  assert.equal(left + exchange.end(), "my card is ");
  assert.equal(exchange.report().refused, "finding");
});

test("five megabytes in slices give what they give at once", async () => {
  const text = `${"It is a truth universally acknowledged, 👋 that. ".repeat(1000)}${MAIL} `.repeat(100);
  assert(text.length > 4_900_000);
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 0);
  const { findings, text: left } = await guard.redactAsync(text);
  clearInterval(ticking);
  assert.equal(findings.length, 100);
  assert(turns > 20, `${turns} turns`);
  assert(!left.includes(MAIL));
  assert.deepEqual((await guard.checkAsync(text)).findings, guard.check(text).findings);
});

test("a newer text ends the look at an older one", async () => {
  const later = new AbortController();
  const look = guard.checkAsync("a truth ".repeat(1_000_000), { signal: later.signal });
  later.abort();
  await assert.rejects(look, { name: "AbortError" });
});

test("pseudonyms of one secret and scope are the same everywhere", async () => {
  const options = { key: "a secret of sixteen bytes", scope: "ana" };
  const text = `mail ${MAIL}`;
  const [first, second] = await Promise.all([Guard.load(CONFIG, options), Guard.load(CONFIG, options)]);
  const other = await Guard.load(CONFIG, { ...options, scope: "bob" });
  assert.equal(first.redact(text).text, second.redact(text).text);
  assert.notEqual(first.redact(text).text, other.redact(text).text);
  assert.notEqual(first.redact(text).text, guard.redact(text).text);
});

test("a guard says what its policies are", () => {
  const [pii, secrets] = guard.policies;
  assert.deepEqual([pii.name, secrets.name], ["pii", "secrets"]);
  assert.match(guard.identity, /^pii@sha256:[0-9a-f]{64}, secrets@sha256:[0-9a-f]{64}$/);
  const rule = (name) => pii.rules.find((rule) => rule.name === name);
  assert.equal(rule("CREDIT_CARD").action, "block");
  assert.match(rule("EMAIL_ADDRESS").description, /e-mail/i);
});

test("configuration as JSON text is the same", async () => {
  const same = await Guard.load(JSON.stringify(CONFIG));
  assert.deepEqual(same.check(MAIL).findings, guard.check(MAIL).findings);
});

test("what is wrong with a configuration is said", async () => {
  const pii = await policy("pii");
  const component = new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);
  const none = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const wrong = [
    [{ policies: { pii: { on_fualt: "allow" } } }, {}, /sandgate.yaml.*policies.pii.*on_fualt/],
    [{ policies: { pii: { actions: { EMAIL: "mask" } } } }, {}, /no rule `EMAIL`/],
    [{ policies: { pii: { settings: { regions: ["atlantis"] } } } }, {}, /policies.pii.settings/],
    [{ policies: { pii: { digest: `sha256:${"0".repeat(64)}` } } }, {}, /policies.pii.digest/],
    [{ policies: { nosuch: null } }, {}, /policies.nosuch: no policy of this name, expected one of `p/],
    [{ policies: { mine: { use: "./mine.wasm" } } }, {}, /policies.mine.use: `.\/mine.wasm` is a component/],
    [{ policies: { pii: { assets: { words: "./w.txt" } } } }, {}, /policies.pii.assets.words: `.\/w.txt`/],
    [{ policies: { a: null } }, { policies: { a: component } }, /policies.a: /],
    [{ policies: { a: null } }, { policies: { a: none } }, /policies.a: no section `sandgate:manifest`/],
    [{ policies: { a: null } }, { policies: { a: new Response("", { status: 404 }) } }, /404, expected 200/],
    [{ policies: { pii: null } }, { key: "short", policies: { pii } }, /key: .*5 bytes, expected at least 16/],
    ["policies: { pii: }", { name: "page.json" }, /page.json/],
  ];
  for (const [config, options, expected] of wrong) {
    await assert.rejects(Guard.load(config, options), (error) => {
      assert(error instanceof SandgateError, `${error}`);
      assert.match(error.message, expected);
      return true;
    });
  }
});

test("what is no text is no text", () => {
  for (const text of [undefined, null, 7, new String("a")]) {
    assert.throws(() => guard.check(text), { name: "TypeError", message: "a text: expected a string" });
  }
});

test("10,000 checks take no more memory than 1,000", () => {
  const text = `a text with ${MAIL} in it, 👋 `.repeat(20);
  const used = (times) => {
    for (let n = 0; n < times; n += 1) guard.check(text);
    return process.memoryUsage().rss;
  };
  const [first, last] = [used(1000), used(10_000)];
  assert(last < first * 1.5, `${first} then ${last} bytes`);
});
