// The types say what there is.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { root, sandgate } from "../package-under-test.js";

test("a program in TypeScript is checked against them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sandgate-"));
  await mkdir(join(folder, "node_modules"));
  await cp(root, join(folder, "node_modules/sandgate-browser"), { recursive: true });
  await cp(new URL("program.ts", import.meta.url), join(folder, "program.ts"));
  const tsc = join(fileURLToPath(new URL("../../../node_modules/.bin/", import.meta.url)), "tsc");
  const flags = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext"];
  const more = ["--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable", "program.ts"];
  const { status, stdout } = spawnSync(tsc, [...flags, ...more], { cwd: folder, encoding: "utf8" });
  await rm(folder, { recursive: true });
  assert.equal(status, 0, stdout);
});

test("nothing is exported that they do not name", () => {
  const names = ["Guard", "SandgateError", "guardFetch", "init", "initSync"];
  assert.deepEqual(Object.keys(sandgate).sort(), names);
});
