/**
 * A stand-in for a model, for where this page is a static site: `fetch` for chat completions, which
 * says what it heard in as many events as it has words. Nothing leaves the page.
 */

/** Between two events, in milliseconds. */
const PACE = 24;

/** @type {typeof fetch} */
export async function model(input, init) {
  const { messages } = await new Request(new URL(String(input), location.href), init).json();
  const heard = messages.at(-1)?.content ?? "";
  const words = `You said: ${heard}`.match(/\S+\s*|\s+/g) ?? [];
  const headers = { "content-type": "text/event-stream" };
  return new Response(stream(words), { headers });
}

/** @param {readonly string[]} words */
function stream(words) {
  const encoder = new TextEncoder();
  let idx = 0;
  return new ReadableStream({
    async pull(controller) {
      if (idx === words.length) {
        controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        return controller.close();
      }
      await new Promise((resolve) => setTimeout(resolve, PACE));
      controller.enqueue(encoder.encode(event(words[idx++])));
    },
  });
}

/** @param {string} content */
function event(content) {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }];
  const chunk = {
    id: "chatcmpl-here",
    object: "chat.completion.chunk",
    created: 0,
    model: "mock",
    choices,
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
