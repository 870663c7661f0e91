/**
 * For those who write a store: what every store shares.
 * @module
 */
import "../node-version.ts";

export { meets, readsUser } from "../conditions/meets.ts";
export { Subject } from "../conditions/subject.ts";
export { labeled } from "../labels/labeled.ts";
export {
  labelExists,
  MOST_PENDING,
  tooManyLabels,
  tooManyPending,
  tooManyWriteKeys,
} from "../limits.ts";
export { checkNames, whole } from "../names.ts";
export { Claiming } from "../schedule/claiming.ts";
export { Hot } from "../schedule/hot.ts";
export type { HotDelivery, HotEvent, HotLane } from "../schedule/hot-delivery.ts";
export { type Introduced, Lanes } from "../schedule/lanes.ts";
export { HotSettling, type Settling } from "../schedule/settling.ts";
export { isOwnTopic, isSubscribed, subscribedPatterns } from "../topics/subscribed.ts";
export { wants } from "../webhooks/wants.ts";
export { limitOf } from "./page.ts";
