/**
 * For those who write a store: what every store shares.
 * @module
 */
import "../node-version.ts";

export {
  Claiming,
  checkNames,
  Hot,
  type HotDelivery,
  type HotEvent,
  type HotLane,
  HotSettling,
  type Introduced,
  isOwnTopic,
  isSubscribed,
  Lanes,
  labelExists,
  labeled,
  limitOf,
  MOST_PENDING,
  meets,
  readsUser,
  type Settling,
  Subject,
  subscribedPatterns,
  tooManyLabels,
  tooManyPending,
  tooManyWriteKeys,
  wants,
  whole,
} from "@heron-webhooks/engine";
