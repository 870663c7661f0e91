/**
 * What every adapter and every dedupe store must keep, as suites that their own tests call, and the attack corpus.
 *
 * Knows the receiver only by what it does on the wire: signatures are made here, with `node:crypto`, so that a
 * mistake in signing cannot hide in both ends.
 * @module
 */
export { attackSuite, type OpenAttacked } from "./attack/attack-suite.ts";
export { attackCorpus } from "./attack/corpus.ts";
export type { AttackRow, ServerKind } from "./attack/row.ts";
export { CapturingLogger } from "./capturing-logger.ts";
export { type CheckedTypes, checkedTypes } from "./checked-types.ts";
export { Customer } from "./customer.ts";
export { type DedupeStoreUnderTest, dedupeLaws, type OpenDedupe } from "./dedupe-laws.ts";
export { type Deferred, deferred } from "./deferred.ts";
export { request, type SentRequest, type WireReply } from "./http.ts";
export { adapterLaws } from "./laws/adapter-laws.ts";
export { type SendingAdapter, type SendingServer, sendingLaws } from "./laws/sending-laws.ts";
export { memorySuite } from "./memory-suite.ts";
export { RawConnection } from "./raw.ts";
export { type Runs, rounds, runs } from "./runs.ts";
export { eventBody, PATH, SECRET, signatureOf, signedPost } from "./signed.ts";
export type { Law } from "./store/law.ts";
export { type ModelledStore, type OpenModelled, storeModel } from "./store/model-laws.ts";
export { Opened, type OpenStore, type StoreUnderTest } from "./store/opened.ts";
export { storeLaws } from "./store/store-laws.ts";
export type { AdapterUnderTest, LawContext, LawEvent, LawHandler, LawOptions, OpenServer } from "./types.ts";
export { type ManualClock, WatchedClock } from "./watched-clock.ts";
