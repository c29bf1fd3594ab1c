/**
 * Chat completions, as much of them as this page needs: a request of one prompt, and the text of a
 * streamed answer.
 */

/** Where a gateway takes them. */
export const PATH = "/v1/chat/completions";

/** @param {string} prompt @returns {RequestInit} */
export function request(prompt) {
  const messages = [{ role: "user", content: prompt }];
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "mock", stream: true, messages }),
  };
}

/** The prompt in a request's body. @param {BodyInit | null | undefined} body */
export async function promptIn(body) {
  const { messages } = await new Response(body).json();
  return String(messages.at(-1)?.content ?? "");
}

/**
 * The text of an answer, delta by delta.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @param {(delta: string) => void} said
 */
export async function read(body, said) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
    const lines = rest.split("\n");
    rest = done ? "" : (lines.pop() ?? "");
    for (const line of lines) {
      const data = line.startsWith("data:") ? line.slice(5).trim() : "";
      if (data === "" || data === "[DONE]") continue;
      said(JSON.parse(data).choices?.[0]?.delta?.content ?? "");
    }
    if (done) return;
  }
}

/** What a response that is no answer says. @param {Response} response */
export async function excuse(response) {
  const text = await response.text();
  try {
    return String(JSON.parse(text).error.message);
  } catch {
    return text || `the answer was ${response.status} ${response.statusText}`;
  }
}
