// A `fetch` whose requests and responses pass the gate.

/** What the gateway reads of who looked at a request before. */
const IDENTITY = "x-sandgate-client";
/** What was done, on a response. */
const DECISION = "x-sandgate";
/** Statuses of responses without a body. */
const EMPTY = [204, 205, 304];
/** What a request says besides its method, headers, body and signal. */
const KEPT = ["mode", "credentials", "cache", "redirect", "referrer", "referrerPolicy", "integrity", "keepalive"];

export function guardFetch(fetch, guard, { match, scope, announce, onReport } = {}) {
  return async (input, init) => {
    const request = new Request(input, init);
    if (match && !match(request)) return fetch(request);
    const body = new Uint8Array(await request.arrayBuffer());
    const { host, pathname, search } = new URL(request.url);
    const headers = [":authority", host, ...[...request.headers].flat()];
    const passage = guard.pass(request.method, pathname + search, headers, body, scope);
    const over = once(() => {
      const report = JSON.parse(passage.report());
      passage.free();
      onReport?.(report, request);
    });
    try {
      const status = passage.refused();
      if (status !== undefined) return closing(refusal(passage, status), over);
      const kept = input instanceof Request ? KEPT.map((name) => [name, input[name]]) : [];
      const said = { ...Object.fromEntries(kept), ...init };
      const onwards = { ...said, ...outgoing(request, body, passage) };
      if (announce ?? isOwn(request.url)) onwards.headers.set(IDENTITY, guard.identity);
      const response = await fetch(request.url, onwards);
      return await answered(response, passage, guard.patience, over);
    } catch (error) {
      over();
      throw error;
    }
  };
}

/** The request as it goes on. */
function outgoing(request, body, passage) {
  const { method, signal } = request;
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  if (passage.edited()) headers.delete("content-encoding");
  const edited = passage.edited() ? passage.take() : body;
  const hasBody = method !== "GET" && method !== "HEAD" && edited.length > 0;
  return { method, signal, headers, body: hasBody ? edited : undefined };
}

/** The response as it goes on. */
async function answered(response, passage, patience, over) {
  // Nobody on this page can read an opaque one.
  if (response.type === "opaque" || response.type === "opaqueredirect") return closing(response, over);
  const type = response.headers.get("content-type") ?? undefined;
  const streams = passage.respond(response.status, type);
  if (!response.body || EMPTY.includes(response.status)) {
    return closing(like(response, null, passage), over);
  }
  const reader = response.body.getReader();
  if (streams) return like(response, passing(reader, passage, patience, over), passage);
  for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
    passage.push(value);
    if (!passage.goes_on()) break;
  }
  reader.cancel().catch(() => {});
  passage.end();
  const status = passage.refused();
  if (status !== undefined) return closing(refusal(passage, status), over);
  if (passage.is_broken()) throw new TypeError("the response is longer than limits.body");
  return closing(like(response, passage.take(), passage), over);
}

/** A stream of what may leave, as its reader takes it. */
function passing(reader, passage, patience, over) {
  let next;
  let heldSince;
  let isLeft = false;
  const pull = async (controller) => {
    for (;;) {
      next ??= reader.read();
      const left = heldSince === undefined ? undefined : heldSince + patience - performance.now();
      const came = await within(next, left);
      if (isLeft) return;
      if (came === undefined) {
        passage.overdue();
      } else {
        next = undefined;
        if (came.done) passage.end();
        else passage.push(came.value);
      }
      const bytes = passage.take();
      if (bytes.length > 0 || passage.held() === 0) heldSince = undefined;
      if (patience !== undefined && passage.held() > 0) heldSince ??= performance.now();
      if (bytes.length > 0) controller.enqueue(bytes);
      if (passage.is_broken()) throw new TypeError("the response broke off");
      if (came?.done || !passage.goes_on()) {
        reader.cancel().catch(() => {});
        controller.close();
        return over();
      }
      if (bytes.length > 0) return;
    }
  };
  return new ReadableStream(
    {
      pull: (controller) =>
        pull(controller).catch((error) => {
          reader.cancel(error).catch(() => {});
          over();
          throw error;
        }),
      cancel(reason) {
        isLeft = true;
        over();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** What a promise gives, or nothing where it takes longer than so many milliseconds. */
function within(promise, patience) {
  if (patience === undefined) return promise;
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, Math.max(patience, 0))));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A response with this body. */
function like(response, body, passage) {
  const headers = new Headers(response.headers);
  // Fetch has decoded it, and what was edited has another length.
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set(DECISION, passage.decision());
  const { status, statusText, url } = response;
  return at(url, new Response(body, { status, statusText, headers }));
}

/** The provider's own way of saying no. */
function refusal(passage, status) {
  const list = passage.headers();
  const headers = new Headers();
  for (let idx = 0; idx < list.length; idx += 2) headers.set(list[idx], list[idx + 1]);
  headers.set(DECISION, "refused");
  return new Response(passage.take(), { status, headers });
}

/** A response that says where it came from, as those of `fetch` do. */
function at(url, response) {
  return Object.defineProperty(response, "url", { value: url });
}

function closing(response, over) {
  over();
  return response;
}

function isOwn(url) {
  return globalThis.location?.origin === new URL(url).origin;
}

function once(run) {
  let ran = false;
  return () => {
    if (!ran) run();
    ran = true;
  };
}
