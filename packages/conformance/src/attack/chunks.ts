import { createEventBody } from "../signed-request.ts";
import {
  ACCEPTED,
  type AttackRow,
  expectError,
  expectNodeError,
  frameBody,
  row,
  splitIntoChunks,
} from "./row.ts";

const CHUNKED = ["Transfer-Encoding: chunked"];
const length = (body: Buffer): string => body.length.toString(16);

const createBadChunksRow = (
  [
    ["size of letters", () => "zz\r\nhi\r\n0\r\n\r\n"],
    ["size that is negative", (body) => `-${length(body)}\r\n${body}\r\n0\r\n\r\n`],
    ["size with a prefix", (body) => `0x${length(body)}\r\n${body}\r\n0\r\n\r\n`],
    ["size beyond 64 bits", (body) => `${"f".repeat(17)}\r\n${body}\r\n0\r\n\r\n`],
    ["size that is too small", (body) => `1\r\n${body}\r\n0\r\n\r\n`],
    ["size that ends in LF alone", (body) => `${length(body)}\n${body}\r\n0\r\n\r\n`],
    ["no line end behind the data", (body) => `${length(body)}\r\n${body}0\r\n\r\n`],
    ["white space before the size", (body) => ` ${length(body)}\r\n${body}\r\n0\r\n\r\n`],
  ] as readonly (readonly [string, (body: Buffer) => string])[]
).map(([name, sent]) =>
  row(
    `chunk with ${name}`,
    "Two parsers that do not agree where a chunk ends let one request hide in another.",
    frameBody(CHUNKED, sent),
    expectNodeError(),
  ),
);

const repeatChunks = (body: Buffer): string =>
  [...body].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join("");
export const chunked: readonly AttackRow[] = [
  row("in chunks", "Without a length, the end is in the chunks.", { framing: "chunked" }, ACCEPTED),
  row(
    "in chunks, with extensions",
    "They mean nothing.",
    frameBody(CHUNKED, (body) => `${length(body)};a="b"\r\n${body}\r\n0\r\n\r\n`),
    ACCEPTED,
  ),
  row(
    "in chunks, with a trailer",
    "It means nothing.",
    frameBody(CHUNKED, (body) => `${length(body)}\r\n${body}\r\n0\r\nContent-Encoding: gzip\r\n\r\n`),
    ACCEPTED,
  ),
  row(
    "in chunks of one byte",
    "A list of a thousand pieces must come out as one body.",
    frameBody(CHUNKED, (body) => `${repeatChunks(body)}0\r\n\r\n`),
    ACCEPTED,
  ),
  row(
    "in chunks, over the limit",
    "The length is not declared, so it is counted.",
    { framing: "chunked", body: "x".repeat(2 ** 20 + 1) },
    expectError(413, "unread"),
  ),
  row(
    "in chunks, exactly the limit",
    "The limit itself is allowed.",
    {
      framing: "chunked",
      body: createEventBody({ data: "x".repeat(2 ** 20 - 200) }).padEnd(2 ** 20),
    },
    ACCEPTED,
  ),
  row(
    "a chunk extension of 20 KB",
    "Bytes that do not count for the body could be endless.",
    frameBody(CHUNKED, (body) => `${length(body)};${"a".repeat(20_000)}\r\n${body}\r\n0\r\n\r\n`),
    expectNodeError(413),
    { Fastify: { statuses: [400], because: "Fastify answers most parser errors alike." } },
  ),
  ...createBadChunksRow,
  row(
    "in chunks under HTTP/1.0",
    "HTTP/1.0 knows no chunks, but Node does.",
    { version: "1.0", framing: "chunked" },
    { ...ACCEPTED, connection: "closed" },
  ),
  {
    name: "chunks without an end, and an end",
    why: "A body cut short must not be taken for a whole one.",
    steps: [frameBody(CHUNKED, (body) => splitIntoChunks(body).subarray(0, -5)), "end"],
    expect: expectNodeError(),
  },
];
