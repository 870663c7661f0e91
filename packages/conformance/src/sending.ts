/**
 * Sending, by itself: for a process that no test framework runs in.
 * @module
 */
export { request } from "./http.ts";
export { signedPost } from "./signed.ts";
