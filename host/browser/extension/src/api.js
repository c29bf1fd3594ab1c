/** The browser's interface for extensions, under the name it has in either. */

/** @type {typeof chrome} */
export const api = /** @type {any} */ (globalThis).browser ?? chrome;
