/**
 * `sandgate.yaml` as people write it. The package reads JSON only, since a reader of YAML would be a
 * third of it; pages where a person types the document bring this one, and it puts the line to an
 * error that the package knows the key of.
 *
 * @typedef {{ [key: string]: unknown }} Config
 *
 * @typedef {object} Read
 * @property {Config} config
 * @property {(error: unknown) => string} located an error of the package about it, with its line
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";

const NAME = "sandgate.yaml";
/** More aliases than any configuration needs, fewer than a bomb has. */
const MOST_ALIASES = 100;
/** An error's name and key: `sandgate.yaml: policies.pii.actions: …`. */
const PLACED = /^(?:sandgate\.yaml:(?:\d+:)? )?([\w.[\]-]+)(?=: )/;

/**
 * @param {string} text YAML, or JSON, which is YAML as well
 * @returns {Read}
 * @throws {Error} with the line, where it is neither
 */
export function read(text) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [wrong] = document.errors;
  if (wrong) throw new Error(`${NAME}:${lines.linePos(wrong.pos[0]).line}: ${wrong.message}`);
  const config = document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {};
  const located = (/** @type {unknown} */ error) => {
    const message = error instanceof Error ? error.message : String(error);
    const place = PLACED.exec(message)?.[1];
    const offset = place === undefined ? undefined : offsetOf(document.contents, place);
    if (place === undefined || offset === undefined) return message;
    const rest = message.slice(message.indexOf(place));
    return `${NAME}:${lines.linePos(offset).line}: ${rest}`;
  };
  return { config, located };
}

/**
 * Where the value of a key path stands, or the nearest around it that is there.
 *
 * @param {unknown} node
 * @param {string} place
 */
function offsetOf(node, place) {
  /** @type {number | undefined} */
  let offset;
  for (const part of place.match(/[^.[\]]+/g) ?? []) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
      if (!pair || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0];
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
    } else {
      break;
    }
  }
  return offset;
}
