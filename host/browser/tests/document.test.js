/** The configuration as a person types it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { read } from "../document.js";

const TEXT = `# what is enforced
policies:
  pii:
    actions: { US_SSN: hush }
routes:
  - match:
      path: 3
`;

function located(message) {
  return read(TEXT).located(new Error(message));
}

test("YAML and JSON are read", () => {
  assert.deepEqual(read("policies: { pii: {} }").config, { policies: { pii: {} } });
  assert.deepEqual(read('{"policies":{"pii":null}}').config, { policies: { pii: null } });
  assert.deepEqual(read("# nothing").config, {});
});

test("what is neither is an error with its line", () => {
  assert.throws(() => read("policies:\n  pii: [\n"), /^Error: sandgate\.yaml:\d: /);
  assert.throws(() => read("policies: {}\npolicies: {}\n"), /^Error: sandgate\.yaml:2: /);
});

test("an error of a key gets the line of the key", () => {
  const hush = "policies.pii.actions.US_SSN: unknown variant `hush`";
  assert.equal(located(`sandgate.yaml: ${hush}`), `sandgate.yaml:4: ${hush}`);
  const path = "routes[0].match.path: invalid type";
  assert.equal(located(`sandgate.yaml:1: ${path}`), `sandgate.yaml:7: ${path}`);
});

test("an error of what is not there gets the line around it", () => {
  const missing = "policies.pii.settings.regions: missing";
  assert.equal(located(missing), `sandgate.yaml:3: ${missing}`);
  assert.equal(located("key: missing"), "key: missing");
});

test("other errors stay as they are", () => {
  assert.equal(located("the gate: not there"), "the gate: not there");
  assert.equal(located("no colon"), "no colon");
});

test("an alias bomb is refused", () => {
  const rows = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
  for (let idx = 1; idx < 9; idx++)
    rows.push(`b${idx}: &b${idx} [${Array(10).fill(idx > 1 ? `*b${idx - 1}` : "*a")}]`);
  assert.throws(() => read(rows.join("\n")), /alias/i);
});
