/**
 * Packs the extension for both browsers: `node extension/pack.js PACKAGE [OUT]`, where PACKAGE is the
 * folder of the built package, and OUT by default `target/browser/extension` of the workspace.
 *
 * Scripts in pages cannot be modules, so each entry is made one file; nothing is minified, so that
 * what is loaded can be read.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { manifest } from "./manifest.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const USUAL = join(HERE, "../../../target/browser/extension");
const ENTRIES = { esm: ["background", "options", "popup"], iife: ["content"] };
const FILES = ["options.html", "popup.html", "ui.css"];

/** The package itself stays as it is, beside the rest. */
const beside = {
  name: "beside",
  setup(build) {
    const filter = /^(\.\.\/)+index\.js$/;
    build.onResolve({ filter }, () => ({ path: "./sandgate/index.js", external: true }));
  },
};

/** @param {string} source the built package @param {string} [out] */
export async function pack(source, out = USUAL) {
  for (const browser of /** @type {const} */ (["chromium", "firefox"])) {
    const folder = join(out, browser);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const [format, entries] of Object.entries(ENTRIES)) {
      await build({
        entryPoints: entries.map((entry) => join(HERE, "src", `${entry}.js`)),
        outdir: folder,
        bundle: true,
        format: /** @type {"esm" | "iife"} */ (format),
        target: "es2022",
        charset: "utf8",
        logLevel: "warning",
        plugins: [beside],
      });
    }
    for (const file of FILES) await cp(join(HERE, "src", file), join(folder, file));
    await cp(join(HERE, "icons"), join(folder, "icons"), { recursive: true });
    await cp(join(HERE, "managed.json"), join(folder, "managed.json"));
    // What of others is in the bundle.
    await cp(join(HERE, "../node_modules/yaml/LICENSE"), join(folder, "LICENSE.yaml.txt"));
    await cp(source, join(folder, "sandgate"), { recursive: true });
    await writeFile(
      join(folder, "manifest.json"),
      `${JSON.stringify(manifest(browser), null, 2)}\n`,
    );
  }
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [source, out] = process.argv.slice(2);
  if (!source) {
    console.error(
      "node extension/pack.js PACKAGE [OUT]: no package, expected the folder of a built one",
    );
    process.exit(2);
  }
  console.log(await pack(source, out));
}
