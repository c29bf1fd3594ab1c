/** A page with the element on it, and what a person does and sees there. */
import { serve } from "./server.js";

const STYLE = `
  :root { color-scheme: light dark; }
  h1 { margin: 0 0 1rem; font-size: 1.25rem; } body { margin: 2rem; font: 16px/1.5 system-ui, sans-serif; max-width: 42rem;
         background: light-dark(#fff, #14171a); color: light-dark(#1f2328, #e6e9ec); }
  label { display: block; margin-bottom: .375rem; font-weight: 600; }
  textarea, .box { box-sizing: border-box; width: 100%; min-height: 7.5rem; padding: .75rem .875rem;
         font: inherit; color: inherit; background: light-dark(#fff, #1b1f24);
         border: 1px solid light-dark(#b6bec7, #4a525b); border-radius: .5rem; resize: vertical; }
  .box { resize: none; } .box p { margin: 0; }
  .shut { overflow: hidden; }`;

const SCRIPT = `
  import "/sandgate/element/index.js";
  window.events = [];
  for (const name of ["look", "redact", "refuse", "ready", "fault"]) {
    document.addEventListener("sandgate-" + name, ({ detail }) => events.push({ name, detail }));
  }
  window.sent = [];
  document.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = document.querySelector("textarea, [contenteditable]");
    sent.push(field.value ?? field.innerText);
  });`;

/** @param {string} inside what is in the body */
export function html(inside) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A prompt</title>
    <link rel="stylesheet" href="/style.css"><script type="module" src="/script.js"></script></head>
    <body><main>${inside}</main></body></html>`;
}

/** A form with the element around a textarea. */
export function form(attributes = "", field = "") {
  return html(`<form><h1>A prompt</h1><label for="prompt">Prompt</label>
    <sandgate-guard ${attributes}><textarea id="prompt" ${field}></textarea></sandgate-guard>
    <button>Send</button></form>`);
}

/** The same with an editable element. */
export function editable(inside = "<p></p>", attributes = "") {
  return html(`<form><h1>A prompt</h1><span id="name">Prompt</span><sandgate-guard ${attributes}>
    <div class="box" contenteditable="true" role="textbox" aria-multiline="true"
      aria-labelledby="name">${inside}</div></sandgate-guard><button>Send</button></form>`);
}

/** @param {Record<string, any>} pages @param {string} [csp] */
export function pages(pages, csp) {
  return serve(
    {
      "/style.css": { text: STYLE, type: ".css" },
      "/script.js": { text: SCRIPT, type: ".js" },
      "/favicon.ico": "",
      ...pages,
    },
    {},
    csp,
  );
}

/** @param {import("playwright-core").Page} page */
export function inside(page) {
  const guard = page.locator("sandgate-guard");
  return {
    field: guard.locator("textarea, [contenteditable]").first(),
    bar: guard.locator(".bar"),
    said: guard.locator(".said"),
    marks: guard.locator(".mark"),
    card: guard.locator(".card"),
    redact: guard.locator(".bar button.primary"),
    undo: guard.locator(".bar button:not(.primary)"),
    alert: guard.getByRole("alert"),
    status: guard.getByRole("status"),
    /** Until it says so. @param {string | RegExp} text */
    async says(text) {
      await guard.locator(".said").filter({ hasText: text }).waitFor({ timeout: 30_000 });
    },
    /** Until a look was taken at this text. */
    async seen() {
      await page.waitForFunction(() => globalThis.events.some(({ name }) => name === "ready"));
    },
  };
}
