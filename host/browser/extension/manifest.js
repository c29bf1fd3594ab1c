/**
 * The manifests of both browsers, from one source.
 *
 * There is no permission that reaches the network, and the policy of the extension's own pages
 * forbids every connection but to its own files. Hosts are those of the sites it comes with;
 * whatever a person adds is asked for then.
 */
import { readFileSync } from "node:fs";

const here = (/** @type {string} */ file) => readFileSync(new URL(file, import.meta.url), "utf8");
/** The package's is the extension's. */
const { version } = JSON.parse(here("../package/package.json"));
const CSP = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** @type {import("./src/sites.js").Site[]} */
export const SITES = JSON.parse(here("sites.json"));

/** @param {"chromium" | "firefox"} browser */
export function manifest(browser) {
  const sizes = ["16", "32", "48", "128"];
  const icons = Object.fromEntries(sizes.map((size) => [size, `icons/${size}.png`]));
  return {
    manifest_version: 3,
    name: "Sandgate",
    version,
    description: "Checks what you type to a chat on this device, before it is sent.",
    icons,
    action: { default_popup: "popup.html", default_icon: icons, default_title: "Sandgate" },
    options_ui: { page: "options.html", open_in_tab: true },
    permissions: ["activeTab", "scripting", "storage"],
    optional_host_permissions: ["https://*/*", "http://*/*"],
    content_scripts: [
      {
        matches: SITES.flatMap(({ matches }) => matches),
        js: ["content.js"],
        run_at: "document_start",
        all_frames: true,
      },
    ],
    content_security_policy: { extension_pages: CSP },
    ...OWN[browser],
  };
}

const OWN = {
  chromium: {
    minimum_chrome_version: "125",
    background: { service_worker: "background.js", type: "module" },
    storage: { managed_schema: "managed.json" },
    incognito: "split",
  },
  firefox: {
    background: { scripts: ["background.js"], type: "module" },
    browser_specific_settings: {
      gecko: {
        id: "sandgate@sandgate.dev",
        strict_min_version: "128.0",
        data_collection_permissions: { required: ["none"] },
      },
    },
  },
};
