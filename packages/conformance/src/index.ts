/**
 * What every adapter and every dedupe store must keep, as suites that their own tests call, and the attack corpus.
 *
 * Knows the receiver only by what it does on the wire: signatures are made here, with `node:crypto`, so that a
 * mistake in signing cannot hide in both ends.
 * @module
 */
export { testAttacks, type OpenAttackServer } from "./attack/attack-tests.ts";
export { attackCorpus } from "./attack/corpus.ts";
export type { AttackRow, ServerKind } from "./attack/row.ts";
export { CapturingLogger } from "./capturing-logger.ts";
export { type TypeCheckInput, getTypeErrors } from "./get-type-errors.ts";
export { CustomerServer } from "./customer-server.ts";
export { type DedupeStoreUnderTest, testDedupeStore, type OpenDedupe } from "./dedupe/dedupe-tests.ts";
export { type Deferred, deferred } from "./deferred.ts";
export { sendRequest, type TestRequest, type TestResponse } from "./http.ts";
export { testAdapter } from "./adapter/adapter-tests.ts";
export { type SendingAdapter, type SendingServer, testSendingAdapter } from "./adapter/sending-tests.ts";
export { testMemory } from "./memory-tests.ts";
export { RawConnection } from "./raw-connection.ts";
export { type Runs, selectCount, getRuns } from "./runs.ts";
export { createEventBody, PATH, SECRET, signBody, createSignedPost } from "./signed-request.ts";
export type { StoreTest } from "./store/store-test.ts";
export { type ModelTestStore, type OpenModelTestStore, testStoreModel } from "./store/model-tests.ts";
export { TestStore, type OpenStore, type StoreUnderTest } from "./store/test-store.ts";
export { testStore } from "./store/store-tests.ts";
export type { AdapterUnderTest, TestContext, TestEvent, TestHandler, TestReceiverOptions, OpenServer } from "./types.ts";
export { type ManualClock, ObservableClock } from "./observable-clock.ts";
