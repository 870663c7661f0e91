import { describe, expect, test } from "vitest";
import { createReceiver } from "../../src/receiver/receiver.ts";
import {
  catchHeronError,
  createTestReceiver,
  EVENT,
  parseResponse,
  SECRET,
  signedRequestFor,
} from "../test-receiver.ts";

const NOW = Date.UTC(2026, 0, 1);
const at = (ms: number): object => ({ ...EVENT, created: new Date(NOW + ms).toISOString() });

describe("tolerance of five minutes", () => {
  const status = async (event: object): Promise<number> =>
    (await createTestReceiver({ tolerance: "5m" }).receiver.receive(signedRequestFor(event))).status;

  test.each([
    ["now", 0, 200],
    ["five minutes ago", -300_000, 200],
    ["a moment longer ago", -300_001, 401],
    ["in five minutes", 300_000, 200],
    ["a moment later", 300_001, 401],
    ["a year ahead", 365 * 86_400_000, 401],
  ])("created %s: %s ms, %i", async (_, ms, expected) => {
    expect(await status(at(ms))).toBe(expected);
  });

  test.each([
    ["missing", EVENT],
    ["null", { ...EVENT, created: null }],
    ["empty", { ...EVENT, created: "" }],
    ["no date", { ...EVENT, created: "soon" }],
  ])("created that is %s is stale", async (_, event) => {
    expect(await status(event)).toBe(401);
  });

  test("an offset, or its absence, is understood", async () => {
    expect(await status({ ...EVENT, created: "2026-01-01T02:00:00+02:00" })).toBe(200);
    expect(await status({ ...EVENT, created: "2026-01-01T00:00:00.137886" })).toBe(200);
    expect(await status({ ...EVENT, created: "2026-01-01T02:00:00" })).toBe(401);
  });

  test("is rejected like a forgery, and distinguished in the log", async () => {
    const { receiver, lines } = createTestReceiver({ tolerance: "5m" });
    expect(parseResponse(await receiver.receive(signedRequestFor(at(-600_000))))).toEqual({
      status: 401,
      body: { error: "unauthorized" },
    });
    expect(lines[0]?.details["code"]).toBe("event_stale");
    expect(lines[0]?.message).toMatch(/more than 300000 ms from now \(tolerance\)/);
  });
});

test("without tolerance any time will do, and a missing one is the time of receipt", async () => {
  const seen: string[] = [];
  const { receiver } = createTestReceiver({ on: { "**": ({ created }) => void seen.push(created) } });
  for (const event of [at(-1e12), { ...EVENT, created: "soon" }, EVENT])
    expect((await receiver.receive(signedRequestFor(event))).status).toBe(200);
  expect(seen.slice(1)).toEqual(["soon", "2026-01-01T00:00:00+00:00"]);
});

describe("options", () => {
  const make = (options: object) => () => createReceiver({ secret: SECRET, ...options });

  test("a ttl of dedupe under twice the tolerance is option_invalid", () => {
    const { code, message } = catchHeronError(make({ tolerance: "5m", dedupe: { ttl: 599_999 } }));
    expect(code).toBe("option_invalid");
    expect(message).toMatch(
      /^dedupe\.ttl is 599999 ms and must be at least twice the tolerance of 300000 ms/,
    );
    expect(make({ tolerance: "5m", dedupe: { ttl: 600_000 } })().path).toBe("/webhooks/heron");
    expect(catchHeronError(make({ tolerance: "13h" })).message).toMatch(/^dedupe\.ttl is 86400000 ms/);
  });

  test("without dedupe there is no ttl to hold it to", () => {
    expect(make({ tolerance: "13h", dedupe: false })().path).toBe("/webhooks/heron");
  });

  test("a number meant as seconds is found out", () => {
    const { code, message } = catchHeronError(make({ tolerance: 300 }));
    expect(code).toBe("option_invalid");
    expect(message).toMatch(
      /^tolerance is 300 ms, which is too short for any event\. .* for seconds write "300s"\.$/,
    );
    expect(make({ tolerance: 1000 })().path).toBe("/webhooks/heron");
    expect(catchHeronError(make({ tolerance: 999 })).code).toBe("option_invalid");
  });
});
