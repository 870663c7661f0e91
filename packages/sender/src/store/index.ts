/**
 * For those who write a store: what every store shares.
 * @module
 */
export { MOST_PENDING, tooManyPending } from "../limits.ts";
export { checkNames, whole } from "../names.ts";
export { Claiming } from "../schedule/claiming.ts";
export { Hot } from "../schedule/hot.ts";
export type { HotDelivery, HotEvent, HotLane } from "../schedule/hot-delivery.ts";
export { type Introduced, Lanes } from "../schedule/lanes.ts";
export { HotSettling, type Settling } from "../schedule/settling.ts";
export { isSubscribed, subscribedPatterns } from "../topics/subscribed.ts";
export { limitOf } from "./page.ts";
