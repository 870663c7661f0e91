import { signBody } from "../signed-request.ts";
import {
  ACCEPTED,
  type AttackRow,
  expectError,
  expectNodeError,
  HAS_LLHTTP_9,
  type Post,
  post,
  row,
} from "./row.ts";
import { spellings } from "./spellings.ts";

/** A body whose signature has letters that URL-safe base64 writes in another way. */
function bodyWithUrlUnsafe(): string {
  for (let i = 0; ; i++) {
    const body = JSON.stringify({ topic: "end_user.processed", data: i });
    if (/\+.*\//.test(signBody(body))) return body;
  }
}

const createMalformedRow = spellings.map(([name, signature]) =>
  row(
    `signature ${name}`,
    "A second form of one signature bypasses deduplication by it, and a lenient decoder or a comparison of unequal lengths throws or accepts too much.",
    { signature },
    expectError(401, "unread"),
  ),
);

const joinSignatures = (first: (valid: string) => string, second: (valid: string) => string): Post => {
  const body = JSON.stringify({ topic: "end_user.processed", data: [first("f"), second("s")] });
  const valid = signBody(body);
  return { body, signature: first(valid), lines: [`Heron-Signature: ${second(valid)}`] };
};
const good = (valid: string): string => valid;
const wrong = (): string => signBody("another body");

const repeated: readonly AttackRow[] = [
  ["the same twice", joinSignatures(good, good)],
  ["a good one, then a wrong one", joinSignatures(good, wrong)],
  ["a wrong one, then a good one", joinSignatures(wrong, good)],
  ["a good one, then an empty one", joinSignatures(good, () => "")],
].map(([name, sent]) =>
  row(
    `two signature headers: ${name as string}`,
    "A proxy may have checked the other one.",
    sent as Post,
    expectError(401, "unread"),
  ),
);

const body = JSON.stringify({ topic: "end_user.processed", data: "elsewhere" });
const elsewhere = [
  ["in the query", { target: `/webhooks/heron?heron-signature=${encodeURIComponent(signBody(body))}` }],
  ["under X-Heron-Signature", { lines: [`X-Heron-Signature: ${signBody(body)}`] }],
  ["under Heron_Signature", { lines: [`Heron_Signature: ${signBody(body)}`] }],
  ["under Authorization", { lines: [`Authorization: ${signBody(body)}`] }],
  ["in a cookie", { lines: [`Cookie: heron-signature=${signBody(body)}`] }],
].map(([name, sent]) =>
  row(
    `signature ${name as string}`,
    "Looked for in one place only.",
    { body, signature: null, ...(sent as Post) },
    expectError(401, "unread"),
  ),
);

export const signatures: readonly AttackRow[] = [
  row("no signature", "The least of all.", { signature: null }, expectError(401, "unread")),
  row(
    "signature of another body",
    "Well formed, so that it is compared.",
    { signature: wrong },
    expectError(401, "read"),
  ),
  row(
    "signature of the empty body",
    "What a consumer of an already empty stream would verify.",
    { signature: () => signBody("") },
    expectError(401, "read"),
  ),
  row(
    "signature under another secret",
    "An attacker who knows the scheme, but not the secret.",
    { signature: () => signBody("{}", "sec_other") },
    expectError(401, "read"),
  ),
  row(
    "signature of zeros",
    "What an HMAC that failed to be written looks like.",
    { signature: `${"A".repeat(43)}=` },
    expectError(401, "read"),
  ),
  row(
    "signature that differs in its last byte",
    "A comparison cut short would pass it.",
    { signature: (s) => flipBit(s, 31) },
    expectError(401, "read"),
  ),
  row(
    "signature that differs in its first bit",
    "A comparison from the wrong end, cut short, would pass it.",
    { signature: (s) => flipBit(s, 0) },
    expectError(401, "read"),
  ),
  ...createMalformedRow,
  row(
    "signature in URL-safe base64",
    "Node's decoder takes both alphabets, so one signature has two forms.",
    { body: bodyWithUrlUnsafe(), signature: (s) => s.replaceAll("+", "-").replaceAll("/", "_") },
    expectError(401, "unread"),
  ),
  ...repeated,
  ...elsewhere,
  row(
    "signature header in other letters",
    "Names of headers have no case.",
    { signature: null, body, lines: [`HERON-SIGNATURE: ${signBody(body)}`] },
    ACCEPTED,
  ),
  row(
    "signature with spaces and tabs around it",
    "White space around a value is HTTP's, not the value's.",
    { signature: (s) => ` \t ${s} \t ` },
    ACCEPTED,
  ),
  row(
    "signature folded over two lines",
    "Obsolete folding, which parsers read in different ways.",
    { signature: (s) => `${s.slice(0, 20)}\r\n ${s.slice(20)}` },
    expectNodeError(),
  ),
  row(
    "signature with a NUL",
    "Text that ends at a NUL for some.",
    { signature: (s) => `${s}\0` },
    expectNodeError(),
  ),
  row(
    "signature with a DEL",
    "A control character that not every parser refuses.",
    { signature: (s) => `${s}\x7f` },
    expectNodeError(),
  ),
  row(
    "signature with a bare CR",
    "Read as the end of a line by some.",
    { signature: (s) => `${s}\rX: 1` },
    expectNodeError(),
  ),
  row(
    "white space before the colon",
    "A header that one parser sees and the next does not.",
    { signature: null, lines: [`Heron-Signature : ${wrong()}`] },
    HAS_LLHTTP_9 ? expectNodeError() : expectError(401, "unread"),
  ),
  row(
    "signature in a trailer",
    "Trailers come when the decision was made.",
    Buffer.concat([
      post({ body, signature: null, framing: "chunked" }).subarray(0, -2),
      Buffer.from(`Heron-Signature: ${signBody(body)}\r\n\r\n`),
    ]),
    expectError(401, "unread"),
  ),
];

function flipBit(valid: string, at: number): string {
  const mac = Buffer.from(valid, "base64");
  mac[at] = (mac[at] as number) ^ 0x80;
  return mac.toString("base64");
}
