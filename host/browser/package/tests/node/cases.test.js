// Every policy's golden cases give the same findings here as everywhere, however they are cut.

import assert from "node:assert/strict";
import { test } from "node:test";

import { check } from "../cases.js";
import { golden } from "../golden.js";
import { policy, sandgate } from "../package-under-test.js";

for (const [name, cases] of Object.entries(await golden())) {
  test(`${name}: ${cases.cases.length} cases and all their cuts`, async () => {
    const { wrong, ways } = await check(sandgate.Guard, name, await policy(name), cases);
    assert.deepEqual(wrong, []);
    assert(ways > cases.cases.length);
  });
}
