import { expect, test } from "vitest";
import { parseTrackRequest } from "../src/heap/heap-request.ts";

const MEBIBYTE = 1024 * 1024;

/** CPU time of this process in milliseconds, which other processes do not affect. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU time to reject a body, and the message. */
function measureRejection(text: string): { readonly ms: number; readonly message: string } {
  const bytes = Buffer.from(text);
  const from = cpuMs();
  try {
    parseTrackRequest(bytes);
  } catch (error) {
    return { ms: cpuMs() - from, message: (error as Error).message };
  }
  throw new Error("the request was accepted");
}

test("a body full of errors is rejected in time proportional to its size", () => {
  measureRejection('{"app_id":1}');
  const events = Array(MEBIBYTE / 4)
    .fill("{}")
    .join(",");
  const tooManyEvents = measureRejection(`{"app_id":"x","events":[${events}]}`);
  expect(tooManyEvents.message).toBe("/events must have at most 1000 items.");
  // Collecting all of its million errors took half a second and 240 MB.
  expect(tooManyEvents.ms).toBeLessThan(300);
  const fields = Array.from({ length: 100_000 }, (_, i) => `"${i.toString(36)}":1`).join(",");
  const unknownFields = measureRejection(`{"app_id":"x","event":"Buy","identity":"u",${fields}}`);
  expect(unknownFields.message).toBe("/0 is not a known field.");
});

test("every error of a small body is reported", () => {
  expect(measureRejection('{"app_id":1,"event":2,"x":3}').message).toMatch(/ [5-9] more in "errors"\.$/);
});
