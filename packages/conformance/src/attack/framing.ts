import {
  ACCEPTED,
  type AttackRow,
  type ExpectedResponse,
  expectError,
  expectNodeError,
  frameBody,
  post,
  row,
  splitIntoChunks,
} from "./row.ts";

const SMUGGLED = "Two parsers that do not agree where a request ends let one request hide in another.";

const CHUNKED = ["Transfer-Encoding: chunked"];

const lengths = (
  [
    ["negative", "-1"],
    ["with a plus", "+100"],
    ["in hexadecimal", "0x64"],
    ["with a fraction", "100.0"],
    ["with an exponent", "1e2"],
    ["of two numbers", "100, 100"],
    ["empty", ""],
    ["of letters", "abc"],
    ["of 23 digits", "9".repeat(23)],
  ] as const
).map(([name, value]) =>
  row(
    `Content-Length ${name}`,
    SMUGGLED,
    frameBody([`Content-Length: ${value}`], (body) => body),
    expectNodeError(),
  ),
);

const encodings = (
  [
    ["a coding that there is not", "xchunked"],
    ["chunked not last", "chunked, identity"],
    ["chunked twice", "chunked, chunked"],
    ["a vertical tab before it", "\x0bchunked"],
    ["in quotes", '"chunked"'],
  ] as const
).map(([name, value]) =>
  row(
    `Transfer-Encoding: ${name}`,
    SMUGGLED,
    frameBody([`Transfer-Encoding: ${value}`], splitIntoChunks),
    expectNodeError(),
  ),
);

const hidden = post();
const tooLarge: ExpectedResponse = expectError(413, "unread");

export const framing: readonly AttackRow[] = [
  row(
    "Content-Length and Transfer-Encoding",
    SMUGGLED,
    frameBody(["Content-Length: 6", ...CHUNKED], splitIntoChunks),
    expectNodeError(),
  ),
  row(
    "Transfer-Encoding and Content-Length",
    SMUGGLED,
    frameBody([...CHUNKED, "Content-Length: 6"], splitIntoChunks),
    expectNodeError(),
  ),
  row(
    "Content-Length twice, the same",
    SMUGGLED,
    frameBody(["Content-Length: 9", "Content-Length: 9"], (body) => body),
    expectNodeError(),
  ),
  row(
    "Content-Length twice, not the same",
    SMUGGLED,
    frameBody(["Content-Length: 9", "Content-Length: 0"], (body) => body),
    expectNodeError(),
  ),
  ...lengths,
  row(
    "Content-Length of 64 bits",
    "Rejected by its declared length, before anything is read.",
    frameBody(["Content-Length: 18446744073709551615"], (body) => body),
    tooLarge,
  ),
  row(
    "Content-Length over the limit, nothing sent",
    "Waiting for a body that will be rejected wastes a connection.",
    frameBody([`Content-Length: ${2 ** 20 + 1}`], () => ""),
    tooLarge,
  ),
  row(
    "Content-Length over the limit and no signature",
    "The head alone is enough to reject it.",
    post({ signature: null, framing: [`Content-Length: ${2 ** 26}`], body: "" }),
    tooLarge,
  ),
  ...encodings,
  row(
    "Transfer-Encoding twice",
    SMUGGLED,
    frameBody([...CHUNKED, ...CHUNKED], splitIntoChunks),
    expectNodeError(),
  ),
  row(
    "Transfer-Encoding with a space before the colon",
    SMUGGLED,
    frameBody(["Transfer-Encoding : chunked"], splitIntoChunks),
    expectNodeError(),
  ),
  row(
    "no framing at all",
    "No length is no body: what follows is the next request, and no request at all.",
    frameBody([], (body) => body),
    expectNodeError(),
  ),
  // The event is whole, so it is answered before Node's parser comes upon the rest.
  row("more bytes than said", SMUGGLED, Buffer.concat([post(), Buffer.from("GARBAGE")]), {
    ...ACCEPTED,
    statuses: [200, 400],
    connection: "closed",
    by: "receiver, then node",
  }),
  row(
    "a request hidden in an unsigned body",
    SMUGGLED,
    { body: hidden, signature: null },
    expectError(401, "unread"),
  ),
  row(
    "a request hidden in a body with a wrong signature",
    SMUGGLED,
    { body: hidden, signature: `${"A".repeat(43)}=` },
    expectError(401, "read"),
  ),
  row(
    "a request hidden behind the chunks of an unsigned one",
    SMUGGLED,
    Buffer.concat([post({ signature: null, framing: "chunked" }), hidden]),
    { ...expectError(401, "unread"), handled: "perhaps" },
  ),
  {
    name: "fewer bytes than said, and an end",
    why: "A body cut short must not be taken for a whole one.",
    steps: [frameBody(["Content-Length: 1000"], (body) => body), "end"],
    expect: expectNodeError(),
  },
];
