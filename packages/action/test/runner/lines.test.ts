import { expect, test } from "vitest";
import { LineReader, splitLines } from "./lines.ts";

function linesIn(...chunks: readonly (string | Uint8Array)[]): string[] {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  for (const chunk of chunks) reader.write(Buffer.from(chunk));
  reader.end();
  return lines;
}

test("a line ends in any of three ways, wherever a chunk does", () => {
  expect(linesIn("a\rb\nc\r\nd")).toEqual(["a", "b", "c", "d"]);
  expect(linesIn("a\r", "\nb\r", "c\r")).toEqual(["a", "b", "c"]);
  expect(linesIn("a", "b\n\n", "\r\r\n", "\n")).toEqual(["ab", "", "", "", ""]);
  expect(linesIn("", "\r")).toEqual([""]);
  expect(linesIn()).toEqual([]);
});

test("a character may be in two chunks, and one that is malformed is replaced", () => {
  const bytes = Buffer.from("é😀");
  expect(linesIn(...[...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(["é😀"]);
  expect(linesIn(Uint8Array.of(0x61, 0xff, 0x0a, 0xc3))).toEqual(["a\ufffd", "\ufffd"]);
});

test("a byte order mark is passed over at the start alone", () => {
  expect(linesIn("\ufeffa\n\ufeffb")).toEqual(["a", "\ufeffb"]);
});

test("a text has as many lines as were ended, and one that was not", () => {
  expect(splitLines("a\r\n\nb")).toEqual(["a", "", "b"]);
  expect(splitLines("")).toEqual([]);
});
