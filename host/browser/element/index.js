/** Defines `<sandgate-guard>`. */
import { SandgateGuard } from "./sandgate-guard.js";

export { SandgateGuard };

if (!customElements.get("sandgate-guard")) customElements.define("sandgate-guard", SandgateGuard);
