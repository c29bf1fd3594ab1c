// Hostile policies cost their budget and become faults here as everywhere.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { sandgate } from "../package-under-test.js";

const folder = new URL(`file://${process.env.SANDGATE_HOSTILE}/`);
const { provocation, cases } = JSON.parse(await readFile(new URL("cases.json", folder), "utf8"));

async function guarded(name, on_fault) {
  const policies = { hostile: await readFile(new URL(`${name}.wasm`, folder)) };
  return sandgate.Guard.load({ policies: { hostile: { on_fault } } }, { policies, fuel: 10_000_000 });
}

/** Without a component model handles are a policy's own numbers: it harms only itself by wrong ones,
 * and some of these pass. */
const isHandle = ({ name }) => name.startsWith("handle-");

for (const { name, kinds } of cases.filter((one) => !isHandle(one))) {
  // A trap is all that is seen here of a memory that may not grow.
  const possible = kinds.includes("memory") ? [...kinds, "trap"] : kinds;
  test(`${name}: ${kinds.join(" or ")}`, async () => {
    const guard = await guarded(name, "block");
    const report = guard.check(provocation);
    assert.deepEqual([report.decision, report.refused], ["refused", "fault"]);
    const [{ kind, refused }] = report.faults;
    assert(refused);
    assert(possible.includes(kind.answer ?? kind), `${kind.answer ?? kind}`);
    // Its next exchange has a new instance, and fails no worse.
    assert.deepEqual(guard.check(provocation), report);
    const allowed = (await guarded(name, "allow")).redact(provocation);
    assert.equal(allowed.text.replace("<STAR>", "*"), provocation);
    assert(!allowed.faults[0].refused);
  });
}

for (const { name } of cases.filter(isHandle)) {
  test(`${name}: nothing that others see`, async () => {
    const good = await guarded("starry", "block");
    (await guarded(name, "block")).check(provocation);
    assert.equal(good.redact(provocation).text, provocation.replace("*", "<STAR>"));
  });
}
