import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { decodeEvent } from "../src/decode.ts";
import { createEvent, encodeEvent, parseTimestamp } from "../src/event.ts";
import { bytes, catchHeronError } from "./test-receiver.ts";

// Many cases take their time where much else runs.
vi.setConfig({ testTimeout: 60_000 });

const text = (encoded: Uint8Array): string => Buffer.from(encoded).toString("utf8");

describe("createEvent", () => {
  test("makes an event of a topic and its data", () => {
    const event = createEvent({
      topic: "end_user.processed",
      data: { n: 1 },
      created: "2021-05-20T09:23:53+00:00",
    });
    expect(event).toEqual({
      topic: "end_user.processed",
      created: "2021-05-20T09:23:53+00:00",
      data: { n: 1 },
      meta: null,
    });
    expect(Object.keys(event)).toEqual(["topic", "created", "data", "meta"]);
  });

  test("created is now unless said otherwise: whole seconds, UTC as an offset", () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { created } = createEvent({ topic: "a.b", data: null });
    expect(created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    expect(parseTimestamp(created)).toBeGreaterThanOrEqual(before);
    expect(parseTimestamp(created)).toBeLessThanOrEqual(Date.now());
  });

  test("created may be a Date, whose fraction is cut off", () => {
    const created = new Date("2026-02-03T04:05:06.999+02:00");
    expect(createEvent({ topic: "a.b", data: null, created }).created).toBe("2026-02-03T02:05:06+00:00");
  });

  test("created as text is kept as it is", () => {
    const created = "2026-08-14T12:24:38.137886";
    expect(createEvent({ topic: "a.b", data: null, created }).created).toBe(created);
  });

  test("meta and id are taken over", () => {
    const meta = { source: "crm" };
    expect(createEvent({ topic: "a.b", data: null, meta, id: "evt_1" })).toMatchObject({ meta, id: "evt_1" });
  });

  test.each(["", "a", "A.b", "a.b.c.d.e", "a.*", `a.${"b".repeat(127)}`])(
    "topic %j is topic_invalid",
    (topic) => {
      const { code, message } = catchHeronError(() => createEvent({ topic, data: null }));
      expect(code).toBe("topic_invalid");
      expect(message).toMatch(/is not a topic: write 2 to 4 segments of a-z, 0-9 and _ joined by dots/);
      expect(message).toContain(JSON.stringify(topic));
    },
  );

  test.each([undefined, null, 5, ["a.b"]])("a topic that is no text is topic_invalid: %j", (topic) => {
    // @ts-expect-error what JavaScript may give
    expect(catchHeronError(() => createEvent({ topic, data: null })).code).toBe("topic_invalid");
  });

  test.each([
    ["created that is no date", { created: "yesterday" }, "created must be a date-time"],
    ["created that is empty", { created: "" }, "created must be a date-time"],
    ["an invalid Date", { created: new Date(Number.NaN) }, "created must be a valid date"],
    [
      "a Date of the year 10000",
      { created: new Date("+010000-01-01T00:00:00Z") },
      "created must be a valid date",
    ],
    [
      "a Date before the year 0",
      { created: new Date("-000001-01-01T00:00:00Z") },
      "created must be a valid date",
    ],
    ["an empty id", { id: "" }, "id must be a string that is not empty"],
    ["an id over 256 characters", { id: "x".repeat(257) }, "id must not be longer than 256 characters"],
    ["an id that is no text", { id: 5 }, "id must be a string that is not empty"],
    ["meta that is text", { meta: "x" }, "meta must be an object or null"],
    ["meta that is a list", { meta: [] }, "meta must be an object or null"],
  ])("%s is invalid_event", (_, parts, fault) => {
    // @ts-expect-error what JavaScript may give
    const { code, message } = catchHeronError(() => createEvent({ topic: "a.b", data: null, ...parts }));
    expect(code).toBe("invalid_event");
    expect(message).toContain(fault);
  });

  test("an id of 256 characters is not too long", () => {
    expect(createEvent({ topic: "a.b", data: null, id: "x".repeat(256) }).id).toHaveLength(256);
  });
});

describe("encodeEvent", () => {
  test("writes compact UTF-8, in the published order whatever the order of the keys", () => {
    const event = {
      id: "evt_1",
      meta: null,
      data: { name: "café ☕ 😀", n: 1.5 },
      created: "2021-05-20T09:23:53+00:00",
      topic: "a.b",
    };
    expect(text(encodeEvent(event))).toBe(
      '{"topic":"a.b","created":"2021-05-20T09:23:53+00:00","data":{"name":"café ☕ 😀","n":1.5},"meta":null,"id":"evt_1"}',
    );
  });

  test("writes the documented example byte for byte", () => {
    const data = { heron_id: "eus_Eqio3Y4dhyNiMphrXwG58p", end_user_id: "myenduser", status: "processed" };
    const event = createEvent({ topic: "end_user.processed", data, created: "2021-05-20T09:23:53+00:00" });
    expect(text(encodeEvent(event))).toBe(
      '{"topic":"end_user.processed","created":"2021-05-20T09:23:53+00:00",' +
        '"data":{"heron_id":"eus_Eqio3Y4dhyNiMphrXwG58p","end_user_id":"myenduser","status":"processed"},"meta":null}',
    );
  });

  test("data that is undefined is null, and keys that are no part of an event are left out", () => {
    const event = {
      topic: "a.b",
      created: "2021-05-20T09:23:53+00:00",
      data: undefined,
      meta: null,
      more: 1,
    };
    expect(text(encodeEvent(event))).toBe(
      '{"topic":"a.b","created":"2021-05-20T09:23:53+00:00","data":null,"meta":null}',
    );
  });

  test("what JSON cannot hold is invalid_event, with the reason as its cause", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    for (const data of [loop, { n: 5n }]) {
      const error = catchHeronError(() => encodeEvent(createEvent({ topic: "a.b", data })));
      expect(error.code).toBe("invalid_event");
      expect(error.message).toMatch(/^The event a\.b cannot be written as JSON: TypeError/);
      expect(error.cause).toBeInstanceOf(TypeError);
    }
  });
});

const segment = fc.string({ unit: fc.constantFrom(..."az09_"), minLength: 1, maxLength: 8 });
// Keys that decoding removes, and the one number that JSON does not distinguish from another.
// No backslash: V8 may take an escaped key for one that holds it (https://github.com/nodejs/node/issues/63785).
const value = fc
  .jsonValue({ stringUnit: fc.constantFrom(...'aé☕😀"\n\u007f\u2028\ud800_') })
  .map((any): unknown => JSON.parse(JSON.stringify(any).replaceAll(/__proto__|constructor/g, "key")));
const input = fc.record(
  {
    topic: fc.array(segment, { minLength: 2, maxLength: 4 }).map((segments) => segments.join(".")),
    data: value,
    meta: fc.option(fc.dictionary(segment, value)),
    created: fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true }),
    id: fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
  },
  { requiredKeys: ["topic", "data"] },
);

test("decodeEvent reads back whatever createEvent made and encodeEvent wrote", () => {
  fc.assert(
    fc.property(input, (given) => {
      const event = createEvent(given);
      const encoded = encodeEvent(event);
      const decoded = decodeEvent(encoded);
      expect(decoded).toEqual(event);
      expect(Object.keys(decoded)).toEqual(Object.keys(event));
      expect(encodeEvent(decoded)).toEqual(encoded);
      expect(Object.keys(JSON.parse(text(encoded)) as object).slice(0, 4)).toEqual([
        "topic",
        "created",
        "data",
        "meta",
      ]);
    }),
    getRuns(500),
  );
});

test("an event is the same for a reader whatever precedes and follows its bytes", () => {
  const large = bytes('xx{"topic":"a.b"}yy');
  expect(decodeEvent(large.subarray(2, large.length - 2)).topic).toBe("a.b");
});

describe("parseTimestamp", () => {
  const base = Date.UTC(2026, 7, 14, 12, 24, 38);

  test.each([
    ["an offset of none", "2026-08-14T12:24:38+00:00", base],
    ["Z", "2026-08-14T12:24:38Z", base],
    ["an offset before", "2026-08-14T14:24:38+02:00", base],
    ["an offset behind", "2026-08-14T04:54:38-07:30", base],
    ["no offset, which is UTC", "2026-08-14T12:24:38", base],
    ["no offset, and microseconds", "2026-08-14T12:24:38.137886", base + 137],
    ["an offset and a fraction", "2026-08-14T12:24:38.5+00:00", base + 500],
    ["a space for the T", "2026-08-14 12:24:38", base],
    ["a space for the T, and a fraction", "2026-08-14 12:24:38.25", base + 250],
    ["no seconds, and no offset", "2026-08-14T12:24", base - 38_000],
    ["a date alone", "2026-08-14", Date.UTC(2026, 7, 14)],
  ])("%s", (_, created, time) => {
    expect(parseTimestamp(created)).toBe(time);
  });

  test.each(["", "soon", "2026-13-14T12:24:38", "2026-08-14T25:24:38Z", "2026-08-14T12:24:38+00:00 x"])(
    "%j is no time",
    (created) => {
      expect(parseTimestamp(created)).toBe(Number.NaN);
    },
  );
});
