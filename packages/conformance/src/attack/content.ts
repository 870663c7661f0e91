import { gzipSync } from "node:zlib";
import { createEventBody, signBody } from "../signed-request.ts";
import { ACCEPTED, type AttackRow, expectError, post, row, splitIntoChunks } from "./row.ts";

const packed = gzipSync(createEventBody());
const hidden = createEventBody();

const encodings = [
  "gzip",
  "x-gzip",
  "GZIP",
  "deflate",
  "br",
  "zstd",
  "compress",
  "identity, gzip",
  "gzip, identity",
  "identity;q=1",
  "*",
  "none",
  "1",
  "__proto__",
].map((encoding) =>
  row(
    `Content-Encoding: ${encoding}`,
    "Unpacked before it is verified, a kilobyte becomes a gigabyte; verified before it is unpacked, nothing matches.",
    { lines: [`Content-Encoding: ${encoding}`] },
    expectError(415, "unread"),
  ),
);

const types = [
  "text/plain",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  "application/json\ta",
  "application/json;charset=utf-16",
  "application/json; charset=utf-7",
  "APPLICATION/JSON",
  "application/json, text/html",
  "application/json;",
  "/",
  "@@@",
  "a".repeat(4000),
  "",
  "application/vnd.api+json",
].map((type) =>
  row(
    `Content-Type: ${type.length > 60 ? "4,000 letters" : JSON.stringify(type)}`,
    "Choosing a parser, a character set or whether to verify by a header that is not signed.",
    { lines: [`Content-Type: ${type}`] },
    ACCEPTED,
  ),
);

export const content: readonly AttackRow[] = [
  ...encodings,
  row(
    "a body that really is packed, signed as packed",
    "Authentic, but what the handler would get is not what is in it.",
    { body: packed, lines: ["Content-Encoding: gzip"] },
    expectError(415, "unread"),
  ),
  row(
    "a body that is packed, signed as unpacked, with nothing said",
    "Unpacked by guesswork, other bytes would be verified than came.",
    { body: packed, signature: signBody(createEventBody()) },
    expectError(401, "read"),
  ),
  row(
    "Transfer-Encoding: gzip, chunked",
    "Node takes the chunks apart and leaves the packing, so the bytes are those that came.",
    post({
      body: splitIntoChunks(packed),
      framing: ["Transfer-Encoding: gzip, chunked"],
      signature: signBody(hidden),
    }),
    expectError(401, "read"),
  ),
  row(
    "Content-Encoding twice",
    "Joined, it is no encoding that is known.",
    { lines: ["Content-Encoding: identity", "Content-Encoding: identity"] },
    expectError(415, "unread"),
  ),
  row(
    "Content-Encoding: IDENTITY",
    "Plain by any case.",
    { lines: ["Content-Encoding: IDENTITY"] },
    ACCEPTED,
  ),
  row("Content-Encoding without a value", "Plain.", { lines: ["Content-Encoding:"] }, ACCEPTED),
  ...types,
  row(
    "Content-Type twice",
    "Joined or picked, it must decide nothing.",
    { lines: ["Content-Type: application/json", "Content-Type: text/plain"] },
    ACCEPTED,
  ),
];
