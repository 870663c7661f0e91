/**
 * For those who write a store: what every store shares.
 * @module
 */
export { MOST_PENDING, tooManyPending } from "../limits.ts";
export { checkNames, whole } from "../names.ts";
export { isSubscribed, subscribedPatterns } from "../topics/subscribed.ts";
export { limitOf } from "./page.ts";
