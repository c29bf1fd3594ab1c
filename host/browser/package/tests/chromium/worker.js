// The package in a worker, made ready at once from what it is given.

import { check } from "../cases.js";

onmessage = async ({ data: { root, gate, policies, golden } }) => {
  try {
    const { Guard, initSync } = await import(`${root}index.js`);
    initSync(gate);
    const mail = Guard.loadSync({ policies: { pii: null } }, { policies }).check("ana@example.org");
    const wrong = mail.findings.length === 1 ? [] : ["loadSync: no finding"];
    for (const [name, cases] of Object.entries(golden)) {
      wrong.push(...(await check(Guard, name, policies[name], cases)).wrong);
    }
    postMessage(wrong);
  } catch (error) {
    postMessage([`${error.stack}`]);
  }
};
