/**
 * Where prompts are guarded: the sites that the extension comes with, which are data, and those
 * that the person added.
 *
 * @typedef {object} Site
 * @property {string} name
 * @property {string[]} matches match patterns
 * @property {string} send the selector of its buttons that send
 */
import SITES from "../sites.json" with { type: "json" };

export { SITES };

/** Buttons that send, on pages that nobody described. */
const SENDS = [
  'button[type="submit"]',
  'input[type="submit"]',
  '[data-testid*="send" i]',
  'button[aria-label*="send" i]',
  '[role="button"][aria-label*="send" i]',
  'button[title*="send" i]',
].join(", ");

/** @param {string} url @returns {Site | undefined} the site that a page is of */
export function siteOf(url) {
  return SITES.find(({ matches }) => matches.some((pattern) => isOn(pattern, url)));
}

/** The selector of buttons that send on a page. @param {string} url */
export function sendsOn(url) {
  const site = siteOf(url);
  // A site is rebuilt more often than this list.
  return site ? `${site.send}, ${SENDS}` : SENDS;
}

/**
 * Whether a page is one of a match pattern's, of those that are used here: no scheme but http and
 * https, hosts without a star.
 *
 * @param {string} pattern
 * @param {string} url
 */
export function isOn(pattern, url) {
  const [origin, path] = [
    pattern.slice(0, pattern.indexOf("/", 8)),
    pattern.slice(pattern.indexOf("/", 8), -1),
  ];
  if (!URL.canParse(url)) return false;
  const page = new URL(url);
  return page.origin === origin && page.pathname.startsWith(path);
}

/** The match pattern of all pages of an address that a person gave; nothing where it is none.
 * @param {string} address */
export function patternOf(address) {
  const given = address.trim();
  const full = /^https?:\/\//i.test(given) ? given : `https://${given}`;
  if (!URL.canParse(full)) return undefined;
  const { origin, hostname } = new URL(full);
  const isHost = hostname === "localhost" || hostname.includes(".") || hostname.startsWith("[");
  return isHost ? `${origin}/*` : undefined;
}
