import {
  type AttackRow,
  accepted,
  chunks,
  type Expected,
  framed,
  post,
  refused,
  refusedByNode,
  row,
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
    framed([`Content-Length: ${value}`], (body) => body),
    refusedByNode(),
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
    framed([`Transfer-Encoding: ${value}`], chunks),
    refusedByNode(),
  ),
);

const hidden = post();
const tooLarge: Expected = refused(413, "unread");

export const framing: readonly AttackRow[] = [
  row(
    "Content-Length and Transfer-Encoding",
    SMUGGLED,
    framed(["Content-Length: 6", ...CHUNKED], chunks),
    refusedByNode(),
  ),
  row(
    "Transfer-Encoding and Content-Length",
    SMUGGLED,
    framed([...CHUNKED, "Content-Length: 6"], chunks),
    refusedByNode(),
  ),
  row(
    "Content-Length twice, the same",
    SMUGGLED,
    framed(["Content-Length: 9", "Content-Length: 9"], (body) => body),
    refusedByNode(),
  ),
  row(
    "Content-Length twice, not the same",
    SMUGGLED,
    framed(["Content-Length: 9", "Content-Length: 0"], (body) => body),
    refusedByNode(),
  ),
  ...lengths,
  row(
    "Content-Length of 64 bits",
    "Refused by what it says, before anything is read.",
    framed(["Content-Length: 18446744073709551615"], (body) => body),
    tooLarge,
  ),
  row(
    "Content-Length over the limit, nothing sent",
    "Waiting for what will be refused holds a connection for nothing.",
    framed([`Content-Length: ${2 ** 20 + 1}`], () => ""),
    tooLarge,
  ),
  row(
    "Content-Length over the limit and no signature",
    "The head alone is enough to refuse it.",
    post({ signature: null, framing: [`Content-Length: ${2 ** 26}`], body: "" }),
    tooLarge,
  ),
  ...encodings,
  row("Transfer-Encoding twice", SMUGGLED, framed([...CHUNKED, ...CHUNKED], chunks), refusedByNode()),
  row(
    "Transfer-Encoding with a space before the colon",
    SMUGGLED,
    framed(["Transfer-Encoding : chunked"], chunks),
    refusedByNode(),
  ),
  row(
    "no framing at all",
    "No length is no body: what follows is the next request, and no request at all.",
    framed([], (body) => body),
    refusedByNode(),
  ),
  // The event is whole, so it is answered before Node's parser comes upon the rest.
  row("more bytes than said", SMUGGLED, Buffer.concat([post(), Buffer.from("GARBAGE")]), {
    ...accepted,
    statuses: [200, 400],
    connection: "closed",
    by: "receiver, then node",
  }),
  row(
    "a request hidden in an unsigned body",
    SMUGGLED,
    { body: hidden, signature: null },
    refused(401, "unread"),
  ),
  row(
    "a request hidden in a body with a wrong signature",
    SMUGGLED,
    { body: hidden, signature: `${"A".repeat(43)}=` },
    refused(401, "read"),
  ),
  row(
    "a request hidden behind the chunks of an unsigned one",
    SMUGGLED,
    Buffer.concat([post({ signature: null, framing: "chunked" }), hidden]),
    { ...refused(401, "unread"), handled: "perhaps" },
  ),
  {
    name: "fewer bytes than said, and an end",
    why: "A body cut short must not be taken for a whole one.",
    steps: [framed(["Content-Length: 1000"], (body) => body), "end"],
    expect: refusedByNode(),
  },
];
