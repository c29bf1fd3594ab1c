/**
 * Puts the playground together: `node demo/pack.js PACKAGE [OUT]`. In OUT, by default
 * `target/browser` of the workspace, `playground` is what the gateway embeds, and `site` a static
 * site that may lie anywhere, with a stand-in for a model in the page.
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const USUAL = join(HERE, "../../../target/browser");
const SCRIPTS = [
  "chat.js",
  "exchange.js",
  "main.js",
  "model.js",
  "show.js",
  "demo.css",
  "icon.svg",
];
/** What of the package a page does not need. */
const UNUSED = /\.d\.ts$|package\.json$|README\.md$|patterns\.wasm$/;

/** What the page may do; the gateway says it in a header. */
export const CSP = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** @param {string} source the built package @param {string} [out] */
export async function pack(source, out = USUAL) {
  for (const name of ["playground", "site"]) {
    const folder = join(out, name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, "demo"), { recursive: true });
    const files = { recursive: true, filter: (/** @type {string} */ file) => !UNUSED.test(file) };
    await cp(source, folder, files);
    await cp(join(HERE, "../element"), join(folder, "element"), files);
    for (const file of SCRIPTS) await cp(join(HERE, file), join(folder, "demo", file));
    await build({
      entryPoints: [join(HERE, "../document.js")],
      outdir: folder,
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2022",
      logLevel: "warning",
    });
    // What of others is in the bundle.
    await cp(join(HERE, "../node_modules/yaml/LICENSE"), join(folder, "LICENSE.yaml.txt"));
    const page = await readFile(join(HERE, "index.html"), "utf8");
    await writeFile(join(folder, "index.html"), name === "site" ? alone(page) : behind(page));
  }
  return out;
}

/** A static site has nobody to send its headers. @param {string} page */
function alone(page) {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${CSP}">`;
  return page.replace('<meta charset="utf-8">', `<meta charset="utf-8">\n    ${meta}`);
}

/** @param {string} page */
function behind(page) {
  return page.replace(
    'name="sandgate-model" content="here"',
    'name="sandgate-model" content="gateway"',
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [source, out] = process.argv.slice(2);
  if (!source) {
    console.error(
      "node demo/pack.js PACKAGE [OUT]: no package, expected the folder of a built one",
    );
    process.exit(2);
  }
  console.log(await pack(source, out));
}
