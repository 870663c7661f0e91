import { expect, test } from "vitest";
import { reserialize } from "../../src/signature/reserialize.ts";
import { bytes } from "../test-receiver.ts";

const texts = (body: string): string[] =>
  reserialize(bytes(body)).map((text) => Buffer.from(text).toString("utf8"));

test("JSON is printed as JavaScript, Python and an indenting printer would", () => {
  expect(texts('{"a" : "é, :\\"",\n"n":[1.0,2]}')).toEqual([
    '{"a":"é, :\\"","n":[1,2]}',
    '{"a": "é, :\\"", "n": [1.0, 2]}',
    '{"a": "\\u00e9, :\\"", "n": [1.0, 2]}',
    '{\n  "a": "é, :\\"",\n  "n": [\n    1,\n    2\n  ]\n}',
  ]);
});

test("of ASCII, Python has one spelling", () => {
  expect(texts('[1,"a"]')).toEqual(['[1,"a"]', '[1, "a"]', '[\n  1,\n  "a"\n]']);
});

test("what is not JSON is not printed", () => {
  expect(reserialize(bytes("not JSON"))).toEqual([]);
  expect(reserialize(new Uint8Array())).toEqual([]);
});
