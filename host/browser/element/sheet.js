/**
 * How it looks. Styles are adopted, not written into the page, so that no Content-Security-Policy
 * has to allow inline styles; a page sets the custom properties to its own colours.
 */

/** Underlines are seen on light and on dark ground alike: 3:1 and more on both. */
const UNDERLINES = { block: "#e5484d", edit: "#c2750a", observe: "#6b7f94" };

/** For fields that the browser draws underlines in. */
export const HIGHLIGHTS = `
::highlight(sandgate-block) {
  text-decoration: underline 3px ${UNDERLINES.block};
  text-underline-offset: 2px;
  background-color: color-mix(in srgb, ${UNDERLINES.block} 14%, transparent);
}
::highlight(sandgate-edit) {
  text-decoration: underline 2px ${UNDERLINES.edit};
  text-underline-offset: 2px;
}
::highlight(sandgate-observe) {
  text-decoration: underline dotted 2px ${UNDERLINES.observe};
  text-underline-offset: 2px;
}
::highlight(sandgate-current) {
  background-color: color-mix(in srgb, ${UNDERLINES.edit} 22%, transparent);
}
`;

/** Everything of ours that is on a page, in its shadow root. */
export const SHEET = `
:host {
  --ground: var(--sandgate-ground, light-dark(#ffffff, #1b1f24));
  --ink: var(--sandgate-ink, light-dark(#1f2328, #e6e9ec));
  --quiet: var(--sandgate-quiet, light-dark(#57606a, #a8b1bb));
  --line: var(--sandgate-line, light-dark(#d8dee4, #3a424b));
  --accent: var(--sandgate-accent, light-dark(#0b6158, #6fd3c3));
  --on-accent: light-dark(#ffffff, #0d2421);
  --bad: light-dark(#a8201a, #ff9d94);
  --warn: light-dark(#8a4b00, #f0b65e);
  --font: var(--sandgate-font, 0.8125rem/1.4 system-ui, sans-serif);
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }

.mirror, .layer { position: absolute; overflow: hidden; pointer-events: none; }
.mirror {
  box-sizing: border-box; top: 0; left: 0; height: 0; visibility: hidden; border: 0; contain: strict;
}
.mark { position: absolute; border-bottom: 2px solid ${UNDERLINES.edit}; border-radius: 1px; }
.mark.block {
  border-bottom: 3px solid ${UNDERLINES.block};
  background: color-mix(in srgb, ${UNDERLINES.block} 14%, transparent);
}
.mark.observe { border-bottom-style: dotted; border-bottom-color: ${UNDERLINES.observe}; }
.mark.current { background: color-mix(in srgb, ${UNDERLINES.edit} 22%, transparent); }

.bar {
  display: flex; align-items: center; gap: 0.5rem; height: 2.25rem; padding-inline: 0.125rem;
  font: var(--font); color: var(--quiet); overflow: hidden;
}
.bar .icon { flex: none; width: 1rem; height: 1rem; color: var(--accent); }
.bar .said { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar.found .icon, .bar.found .said { color: var(--warn); }
.bar.bad .icon, .bar.bad .said { color: var(--bad); }
.bar.found .said, .bar.bad .said { font-weight: 500; }
.bar.busy .icon { animation: breathe 1.2s ease-in-out infinite alternate; }
@keyframes breathe { from { opacity: 1; } to { opacity: 0.35; } }

.bar.floating {
  position: fixed; inset: auto; margin: 0; height: auto; max-width: min(32rem, 90vw);
  padding: 0.25rem 0.375rem 0.25rem 0.625rem; border: 1px solid var(--line); border-radius: 0.75rem;
  background: var(--ground); box-shadow: 0 2px 10px rgb(0 0 0 / 0.16);
}
.bar.floating:not(:popover-open) { display: none; }

button {
  flex: none; display: inline-flex; align-items: center; gap: 0.375rem; min-height: 1.625rem;
  margin: 0; padding: 0 0.625rem; border: 1px solid var(--line); border-radius: 0.4375rem;
  background: transparent; color: var(--ink); font: inherit; font-weight: 500; cursor: pointer;
}
button:hover { border-color: var(--quiet); }
button.primary { border-color: transparent; background: var(--accent); color: var(--on-accent); }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
kbd { font: inherit; font-size: 0.6875rem; font-weight: 400; }

.card {
  position: fixed; inset: auto; margin: 0; width: max-content; max-width: min(21rem, calc(100vw - 1rem));
  padding: 0.75rem 0.875rem; border: 1px solid var(--line); border-radius: 0.625rem;
  background: var(--ground); color: var(--ink); font: var(--font);
  box-shadow: 0 6px 24px rgb(0 0 0 / 0.18); overflow: auto; text-align: start;
}
.card .finding + .finding {
  margin-top: 0.625rem; padding-top: 0.625rem; border-top: 1px solid var(--line);
}
.card h2 { display: flex; align-items: center; gap: 0.5rem; margin: 0; font: inherit; font-weight: 600; }
.card h2::before {
  content: ""; flex: none; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: var(--warn);
}
.card .block h2::before { background: var(--bad); border-radius: 1px; }
.card .observe h2::before { background: transparent; border: 2px solid var(--quiet); }
.card p { margin: 0.25rem 0 0; color: var(--quiet); overflow-wrap: anywhere; }
.card p.becomes { color: var(--ink); }
.card .acts { display: flex; gap: 0.5rem; margin-top: 0.75rem; }

.heard {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
@media (prefers-reduced-motion: reduce) { .bar.busy .icon { animation: none; } }
@media (forced-colors: active) {
  .mark { border-bottom-color: Mark; }
  .mark.block { border-bottom-color: LinkText; }
  button.primary { border-color: ButtonText; }
  .card h2::before { background: CanvasText; }
}
`;

/** Sheets that were made, by their text. @type {Map<string, CSSStyleSheet>} */
const made = new Map();

/**
 * @param {Document | ShadowRoot} root
 * @param {string} text
 */
export function adopt(root, text) {
  try {
    const sheet = made.get(text) ?? new CSSStyleSheet();
    if (!made.has(text)) sheet.replaceSync(text);
    made.set(text, sheet);
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  } catch {
    // An extension's scripts may not adopt sheets in Firefox; what they write is not held to the
    // page's policy there.
    const document = root instanceof Document ? root : root.ownerDocument;
    const style = document.createElement("style");
    style.textContent = text;
    (root instanceof Document ? root.head : root).append(style);
  }
}
