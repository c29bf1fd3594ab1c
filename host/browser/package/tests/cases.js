// The policies' golden cases, in whatever environment this is loaded: Node, a page, a worker.

/** Texts up to this length are cut in two at every place; longer ones only into chunks. */
const EVERY_CUT = 600;

/**
 * Checks a policy's cases, whole and cut in every way; gives what went wrong, and how many ways
 * were tried. `cuts` is `false` where whole texts are enough.
 */
export async function check(Guard, policy, module, { threshold, cases }, cuts = true) {
  const guards = new Map();
  const wrong = [];
  let ways = 0;
  for (const one of cases) {
    const key = JSON.stringify([one.settings, one.assets]);
    if (!guards.has(key)) guards.set(key, await guarded(Guard, policy, module, threshold, one));
    const guard = guards.get(key);
    const whole = guard.check(one.text);
    ways += 1;
    const seen = whole.findings.map(({ rule, start, end }) => `${rule}: ${one.text.slice(start, end)}`);
    if (`${seen.sort()}` !== `${[...one.find].sort()}`) {
      wrong.push(`${policy}: ${one.name}: found ${seen}, expected ${one.find}`);
    }
    for (const chunks of cuts ? ways_to_cut(one.text) : []) {
      ways += 1;
      if (JSON.stringify(fed(guard, chunks)) !== JSON.stringify(whole)) {
        wrong.push(`${policy}: ${one.name}: other findings in ${chunks.length} chunks`);
      }
    }
  }
  for (const guard of guards.values()) guard.free();
  return { wrong, ways };
}

function guarded(Guard, policy, module, threshold, { settings, assets }) {
  const paths = Object.fromEntries(Object.keys(assets).map((name) => [name, name]));
  const actions = { "*": "observe" };
  const config = { policies: { [policy]: { settings, assets: paths, actions, threshold } } };
  return Guard.load(config, { policies: { [policy]: module }, files: assets });
}

/** What is reported of a text that comes in chunks. */
function fed(guard, chunks) {
  const exchange = guard.open();
  exchange.begin();
  const left = chunks.map((chunk) => exchange.feed(chunk)).join("") + exchange.end();
  const report = exchange.report();
  exchange.free();
  return left === chunks.join("") ? report : { left };
}

/** In two at every place where a text is short, and in chunks of some sizes: in the middle of
 * characters too. */
function ways_to_cut(text) {
  const ways = [];
  for (let at = 1; at < text.length && text.length <= EVERY_CUT; at += 1) {
    ways.push([text.slice(0, at), text.slice(at)]);
  }
  const sizes = text.length <= 20 * EVERY_CUT ? [1, 3, 7, 64] : [977, 4096];
  for (const size of sizes) {
    const chunks = [];
    for (let at = 0; at < text.length; at += size) chunks.push(text.slice(at, at + size));
    ways.push(chunks);
  }
  return ways;
}
