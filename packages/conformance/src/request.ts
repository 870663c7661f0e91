/**
 * Sending, by itself: for a process that no test framework runs in.
 * @module
 */
export { sendRequest } from "./http.ts";
export { createSignedPost } from "./signed-request.ts";
