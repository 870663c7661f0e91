import { describe, expect, test } from "vitest";
import { decodeEvent } from "../src/decode.ts";
import { bytes, catchHeronError } from "./test-receiver.ts";

const AT = new Date("2026-01-02T03:04:05.678Z");
const decoded = (text: string): object => decodeEvent(bytes(text), AT);

test("an event is read as it was written, and keys beyond its own are kept", () => {
  const text =
    '{"topic":"a.b","created":"2021-05-20T09:23:53+00:00","data":[1],"meta":{"x":1},"id":"1","more":{"y":2}}';
  expect(decoded(text)).toEqual(JSON.parse(text));
});

test("of an event that is only a topic, created is the time of receipt, and data and meta are null", () => {
  expect(decoded('{"topic":"a.b"}')).toEqual({
    topic: "a.b",
    created: "2026-01-02T03:04:05+00:00",
    data: null,
    meta: null,
  });
});

test("null stands for missing: created, data, meta and id", () => {
  const event = decoded('{"topic":"a.b","created":null,"data":null,"meta":null,"id":null}');
  expect(event).toEqual({ topic: "a.b", created: "2026-01-02T03:04:05+00:00", data: null, meta: null });
  expect(Object.hasOwn(event, "id")).toBe(false);
});

test("data that is false, 0 or empty is not missing", () => {
  for (const data of [false, 0, ""])
    expect(decoded(JSON.stringify({ topic: "a.b", data }))).toMatchObject({ data });
});

test("the time of receipt is now unless given", () => {
  const { created } = decodeEvent(bytes('{"topic":"a.b"}'));
  expect(Math.abs(Date.now() - Date.parse(created))).toBeLessThan(60_000);
});

test.each(["no_dot", "A.B", "ü", "a.b.c.d.e.f", " ", "x".repeat(1000)])(
  "any topic is received: %j",
  (topic) => {
    expect(decoded(JSON.stringify({ topic }))).toMatchObject({ topic });
  },
);

describe("JSON that is not an event is invalid_event", () => {
  test.each([
    ["null", "it must be object"],
    ["5", "it must be object"],
    ['"a.b"', "it must be object"],
    ["[]", "it must be object"],
    ['[{"topic":"a.b"}]', "it must be object"],
    ["{}", "it must have required property 'topic'"],
    ['{"Topic":"a.b"}', "it must have required property 'topic'"],
    ['{"topic":null}', "/topic must be string"],
    ['{"topic":5}', "/topic must be string"],
    ['{"topic":""}', "/topic must NOT have fewer than 1 characters"],
    ['{"topic":"a.b","created":5}', "/created must be string,null"],
    ['{"topic":"a.b","meta":[]}', "/meta must be object,null"],
    ['{"topic":"a.b","meta":"x"}', "/meta must be object,null"],
    ['{"topic":"a.b","id":5}', "/id must be string,null"],
    ['{"topic":"a.b","id":""}', "/id must NOT have fewer than 1 characters"],
    [`{"topic":"a.b","id":"${"x".repeat(257)}"}`, "/id must NOT have more than 256 characters"],
  ])("%s", (text, fault) => {
    const { code, message } = catchHeronError(() => decoded(text));
    expect(code).toBe("invalid_event");
    expect(message).toBe(`The body is JSON, but not an event: ${fault}.`);
  });
});

describe("what is not JSON is invalid_json", () => {
  test.each([
    ["cut off", '{"topic":"a.b"'],
    ["two values", '{"topic":"a.b"}{}'],
    ["a trailing comma", '{"topic":"a.b",}'],
    ["single quotes", "{'topic':'a.b'}"],
    ["a byte order mark", '\ufeff{"topic":"a.b"}'],
    ["white space alone", " "],
    ["not a number", '{"topic":"a.b","data":NaN}'],
    ["a form", "topic=a.b"],
  ])("%s", (_, text) => {
    const error = catchHeronError(() => decoded(text));
    expect(error.code).toBe("invalid_json");
    expect(error.message).toBe("The body is not JSON.");
    expect(error.cause).toBeInstanceOf(SyntaxError);
  });

  test("an empty body, with its own message", () => {
    const { code, message } = catchHeronError(() => decoded(""));
    expect([code, message]).toEqual(["invalid_json", "The body is empty."]);
  });

  test.each([
    ["a lone byte", [0xff]],
    ["a cut character", [0xe2, 0x98]],
    ["CESU-8: a surrogate pair in six bytes", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
    ["an overlong quote", [0xc0, 0xa2]],
    ["UTF-16", [0x00]],
  ])("bytes that are not UTF-8 are rejected, never replaced: %s", (_, units) => {
    const before = bytes('{"topic":"a.b","data":"');
    const body =
      units[0] === 0
        ? Buffer.from('\ufeff{"topic":"a.b"}', "utf16le")
        : Buffer.concat([before, Uint8Array.from(units), bytes('"}')]);
    const { code, message } = catchHeronError(() => decodeEvent(body));
    expect([code, message]).toEqual(["invalid_json", "The body is not UTF-8."]);
  });

  test("the message does not quote the body", () => {
    expect(catchHeronError(() => decoded("private")).message).not.toContain("private");
  });
});

test("an id's length is counted in characters, and null counts as none", () => {
  const long = "🦩".repeat(256);
  expect(decodeEvent(bytes(JSON.stringify({ topic: "a.b", id: long }))).id).toBe(long);
  expect(() => decodeEvent(bytes(JSON.stringify({ topic: "a.b", id: `${long}x` })))).toThrow(/more than 256/);
  const event = decodeEvent(bytes('{"topic":"a.b","id":null,"meta":null,"created":null}'));
  expect("id" in event).toBe(false);
});
