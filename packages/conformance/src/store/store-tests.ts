import { describe, test } from "vitest";
import { testClaims } from "./claim-tests.ts";
import { testConditions } from "./condition-tests.ts";
import { testLabels } from "./label-tests.ts";
import { testLeases } from "./lease-tests.ts";
import { testMaintenance } from "./maintenance-tests.ts";
import { testPauses } from "./pause-tests.ts";
import { testPublish } from "./publish-tests.ts";
import { testRecords } from "./record-tests.ts";
import type { StoreTest } from "./store-test.ts";
import { type OpenStore, TestStore } from "./test-store.ts";

/** The tests that every store must pass; `open` returns an empty store. */
export function testStore(name: string, open: OpenStore): void {
  const storeTest: StoreTest = (what, body, options) =>
    test(what, async () => {
      const opened = await open(options);
      try {
        await opened.store.migrate();
        await body(new TestStore(opened));
      } finally {
        await opened.store.close();
        await opened.close?.();
      }
    });
  describe(`${name} (store conformance)`, () => {
    describe("publish", () => testPublish(storeTest));
    describe("claim", () => testClaims(storeTest));
    describe("leases", () => testLeases(storeTest));
    describe("pauses", () => testPauses(storeTest));
    describe("records", () => testRecords(storeTest));
    describe("conditions", () => testConditions(storeTest));
    describe("labels", () => testLabels(storeTest));
    describe("maintenance", () => testMaintenance(storeTest));
  });
}
