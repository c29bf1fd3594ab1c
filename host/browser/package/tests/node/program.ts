// Checked by TypeScript, never run.
import { Guard, guardFetch, init, initSync } from "sandgate-browser";
import type { Action, Exchange, Finding, Redacted, Report } from "sandgate-browser";

export async function program(bytes: ArrayBuffer, textarea: HTMLTextAreaElement): Promise<string> {
  await init(new URL("./gate_bg.wasm", import.meta.url));
  initSync(bytes);
  const guard: Guard = await Guard.load(
    { policies: { pii: { actions: { "*": "mask" } } } },
    { key: "a secret of sixteen bytes", policies: { pii: fetch("/pii.wasm") } },
  );
  const report: Report = guard.check(textarea.value);
  const marks: [number, number, Action][] = report.findings.map((found: Finding) => {
    return [found.start, found.end, found.action];
  });
  const redacted: Redacted = await guard.redactAsync(textarea.value, { signal: AbortSignal.timeout(1000) });
  const exchange: Exchange = guard.open({ model: "m", labels: { team: "hr" } });
  exchange.begin({ role: "user" });
  const left: string = exchange.feed("text") + exchange.end();
  const guarded: typeof fetch = guardFetch(fetch, guard, {
    match: (request) => request.url.startsWith("https://api.example/"),
    onReport: ({ findings }) => console.log(findings[0]?.rule),
  });
  await guarded("/v1/chat/completions", { method: "POST", body: "{}" });
  // @ts-expect-error: a guard is loaded, not made.
  new Guard();
  return left + redacted.restore(`${marks.length}`) + guard.policies[0]?.digest;
}
