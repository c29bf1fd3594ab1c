// The policies' `cases.yaml`, as plain values that every environment can be given.

import { readFile, readdir } from "node:fs/promises";

import { parse } from "yaml";

/** The policies that there are cases of, by name. */
export async function golden(folder = new URL("../../../../policies/", import.meta.url)) {
  const names = await readdir(folder);
  const files = names.map(async (name) => [name, read(await readFile(new URL(`${name}/cases.yaml`, folder), "utf8"))]);
  return Object.fromEntries(await Promise.all(files));
}

function read(yaml) {
  const { threshold = 50, settings = {}, cases } = parse(yaml);
  // A matched text is a text, whatever it looks like.
  const texts = parse(yaml, { schema: "failsafe" }).cases;
  return { threshold, cases: cases.map((one, idx) => whole(one, texts[idx], settings)) };
}

function whole({ repeat = 1, settings, assets = {} }, { name, text, find = [] }, common) {
  const once = find.flatMap((found) => Object.entries(found).map(([rule, matched]) => `${rule}: ${matched}`));
  const all = Array.from({ length: repeat }, () => once).flat();
  return { name, text: text.repeat(repeat), settings: settings ?? common, assets, find: all };
}
