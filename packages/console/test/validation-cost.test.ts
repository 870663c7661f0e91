import { expect, test } from "vitest";
import { parseTrackRequest } from "../src/heap/heap-request.ts";

const MEBIBYTE = 1024 * 1024;

/** What this process has had of a processor so far, in milliseconds: work of others takes none of it. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** How long it takes to refuse a body, in milliseconds, and what is said. */
function measureRejection(text: string): { readonly ms: number; readonly message: string } {
  const bytes = Buffer.from(text);
  const from = cpuMs();
  try {
    parseTrackRequest(bytes);
  } catch (error) {
    return { ms: cpuMs() - from, message: (error as Error).message };
  }
  throw new Error("it was taken");
}

test("a body of nothing but faults costs who has no key no more than its size", () => {
  measureRejection('{"app_id":1}');
  const events = Array(MEBIBYTE / 4)
    .fill("{}")
    .join(",");
  const many = measureRejection(`{"app_id":"x","events":[${events}]}`);
  expect(many.message).toBe("/events may have 1000 at the most.");
  // Of all its faults, a million, it took half a second and 240 MB.
  expect(many.ms).toBeLessThan(300);
  const fields = Array.from({ length: 100_000 }, (_, i) => `"${i.toString(36)}":1`).join(",");
  const one = measureRejection(`{"app_id":"x","event":"Buy","identity":"u",${fields}}`);
  expect(one.message).toBe("/0 is not a known field.");
});

test("of a small body every fault is told", () => {
  expect(measureRejection('{"app_id":1,"event":2,"x":3}').message).toMatch(
    /There are [5-9] more, in errors\.$/,
  );
});
