/**
 * Requests for processes without a test framework.
 * @module
 */
export { sendRequest } from "./http.ts";
export { createSignedPost } from "./signed-request.ts";
