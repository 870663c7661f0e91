import { describe } from "vitest";
import type { AdapterUnderTest } from "../types.ts";
import { testClose } from "./close-tests.ts";
import { testDeduplication } from "./dedupe-tests.ts";
import { testErrorResponses } from "./error-response-tests.ts";
import { testHandlers } from "./handler-tests.ts";
import { testLogs } from "./log-tests.ts";
import { testOptions } from "./option-tests.ts";
import { testSecrets } from "./secret-tests.ts";
import { testThrownValues } from "./throw-tests.ts";

/** The tests that every adapter must pass, over real HTTP on loopback. */
export function testAdapter(name: string, adapter: AdapterUnderTest): void {
  describe(`${name} (adapter conformance)`, () => {
    describe("handlers", () => testHandlers(adapter));
    describe("handler errors", () => testThrownValues(adapter));
    describe("rejected requests", () => testErrorResponses(adapter));
    describe("secrets", () => testSecrets(adapter));
    describe("options", () => testOptions(adapter));
    describe("once", () => testDeduplication(adapter));
    describe("closing", () => testClose(adapter));
    describe("the log", () => testLogs(adapter));
  });
}
