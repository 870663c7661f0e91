/**
 * Conformance tests for adapters and stores, called by their own tests, and the attack corpus.
 *
 * Independent of the receiver's code: signs with `node:crypto`, so that a signing error cannot hide on both sides.
 * @module
 */

export { testAdapter } from "./adapter/adapter-tests.ts";
export { type SendingAdapter, type SendingServer, testSendingAdapter } from "./adapter/sending-tests.ts";
export { type OpenAttackServer, testAttacks } from "./attack/attack-tests.ts";
export { attackCorpus } from "./attack/corpus.ts";
export type { AttackRow, ServerKind } from "./attack/row.ts";
export { CapturingLogger } from "./capturing-logger.ts";
export { CustomerServer } from "./customer-server.ts";
export { type DedupeStoreUnderTest, type OpenDedupe, testDedupeStore } from "./dedupe/dedupe-tests.ts";
export { type Deferred, deferred } from "./deferred.ts";
export { getTypeErrors, TSC, type TypeCheckInput } from "./get-type-errors.ts";
export { sendRequest, type TestRequest, type TestResponse } from "./http.ts";
export { testMemory } from "./memory-tests.ts";
export { type ManualClock, ObservableClock } from "./observable-clock.ts";
export { RawConnection } from "./raw-connection.ts";
export { getRuns, type Runs, selectCount } from "./runs.ts";
export { createEventBody, createSignedPost, PATH, SECRET, signBody } from "./signed-request.ts";
export { type ModelTestStore, type OpenModelTestStore, testStoreModel } from "./store/model-tests.ts";
export type { StoreTest } from "./store/store-test.ts";
export { testStore } from "./store/store-tests.ts";
export { type OpenStore, type StoreUnderTest, TestStore } from "./store/test-store.ts";
export type {
  AdapterUnderTest,
  OpenServer,
  TestContext,
  TestEvent,
  TestHandler,
  TestReceiverOptions,
} from "./types.ts";
