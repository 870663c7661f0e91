import { signatureOf } from "../signed.ts";
import { type AttackRow, accepted, type Post, post, refused, refusedByNode, row } from "./row.ts";
import { spellings } from "./spellings.ts";

/** A body whose signature has letters that URL-safe base64 writes in another way. */
function bodyWithUrlUnsafe(): string {
  for (let i = 0; ; i++) {
    const body = JSON.stringify({ topic: "end_user.processed", data: i });
    if (/\+.*\//.test(signatureOf(body))) return body;
  }
}

const malformed = spellings.map(([name, signature]) =>
  row(
    `signature ${name}`,
    "A second spelling of one signature lets what is keyed by it be passed by, and a lenient decoder or a comparison of unequal lengths throws or accepts too much.",
    { signature },
    refused(401, "unread"),
  ),
);

const two = (first: (valid: string) => string, second: (valid: string) => string): Post => {
  const body = JSON.stringify({ topic: "end_user.processed", data: [first("f"), second("s")] });
  const valid = signatureOf(body);
  return { body, signature: first(valid), lines: [`Heron-Signature: ${second(valid)}`] };
};
const good = (valid: string): string => valid;
const wrong = (): string => signatureOf("another body");

const repeated: readonly AttackRow[] = [
  ["the same twice", two(good, good)],
  ["a good one, then a wrong one", two(good, wrong)],
  ["a wrong one, then a good one", two(wrong, good)],
  ["a good one, then an empty one", two(good, () => "")],
].map(([name, sent]) =>
  row(
    `two signature headers: ${name as string}`,
    "Which one counts is a matter of who looks: a proxy may have checked the other.",
    sent as Post,
    refused(401, "unread"),
  ),
);

const body = JSON.stringify({ topic: "end_user.processed", data: "elsewhere" });
const elsewhere = [
  ["in the query", { target: `/webhooks/heron?heron-signature=${encodeURIComponent(signatureOf(body))}` }],
  ["under X-Heron-Signature", { lines: [`X-Heron-Signature: ${signatureOf(body)}`] }],
  ["under Heron_Signature", { lines: [`Heron_Signature: ${signatureOf(body)}`] }],
  ["under Authorization", { lines: [`Authorization: ${signatureOf(body)}`] }],
  ["in a cookie", { lines: [`Cookie: heron-signature=${signatureOf(body)}`] }],
].map(([name, sent]) =>
  row(
    `signature ${name as string}`,
    "Looked for in one place only.",
    { body, signature: null, ...(sent as Post) },
    refused(401, "unread"),
  ),
);

export const signatures: readonly AttackRow[] = [
  row("no signature", "The least of all.", { signature: null }, refused(401, "unread")),
  row(
    "signature of another body",
    "Well formed, so that it is compared.",
    { signature: wrong },
    refused(401, "read"),
  ),
  row(
    "signature of the empty body",
    "What a consumer of an already empty stream would verify.",
    { signature: () => signatureOf("") },
    refused(401, "read"),
  ),
  row(
    "signature under another secret",
    "What an attacker has who knows how, but not the secret.",
    { signature: () => signatureOf("{}", "sec_other") },
    refused(401, "read"),
  ),
  row(
    "signature of zeros",
    "What an HMAC that failed to be written looks like.",
    { signature: `${"A".repeat(43)}=` },
    refused(401, "read"),
  ),
  row(
    "signature that differs in its last byte",
    "A comparison cut short would pass it.",
    { signature: (s) => flipped(s, 31) },
    refused(401, "read"),
  ),
  row(
    "signature that differs in its first bit",
    "A comparison from the wrong end, cut short, would pass it.",
    { signature: (s) => flipped(s, 0) },
    refused(401, "read"),
  ),
  ...malformed,
  row(
    "signature in URL-safe base64",
    "Node's decoder takes both alphabets, so one signature gets two spellings.",
    { body: bodyWithUrlUnsafe(), signature: (s) => s.replaceAll("+", "-").replaceAll("/", "_") },
    refused(401, "unread"),
  ),
  ...repeated,
  ...elsewhere,
  row(
    "signature header in other letters",
    "Names of headers have no case.",
    { signature: null, body, lines: [`HERON-SIGNATURE: ${signatureOf(body)}`] },
    accepted,
  ),
  row(
    "signature with spaces and tabs around it",
    "White space around a value is HTTP's, not the value's.",
    { signature: (s) => ` \t ${s} \t ` },
    accepted,
  ),
  row(
    "signature folded over two lines",
    "Obsolete folding, which parsers read in different ways.",
    { signature: (s) => `${s.slice(0, 20)}\r\n ${s.slice(20)}` },
    refusedByNode(),
  ),
  row(
    "signature with a NUL",
    "Text that ends at a NUL for some.",
    { signature: (s) => `${s}\0` },
    refusedByNode(),
  ),
  row(
    "signature with a DEL",
    "A control character that not every parser refuses.",
    { signature: (s) => `${s}\x7f` },
    refusedByNode(),
  ),
  row(
    "signature with a bare CR",
    "Read as the end of a line by some.",
    { signature: (s) => `${s}\rX: 1` },
    refusedByNode(),
  ),
  row(
    "white space before the colon",
    "A header that one parser sees and the next does not.",
    { signature: null, lines: [`Heron-Signature : ${wrong()}`] },
    refusedByNode(),
  ),
  row(
    "signature in a trailer",
    "Trailers come when the decision was made.",
    Buffer.concat([
      post({ body, signature: null, framing: "chunked" }).subarray(0, -2),
      Buffer.from(`Heron-Signature: ${signatureOf(body)}\r\n\r\n`),
    ]),
    refused(401, "unread"),
  ),
];

function flipped(valid: string, at: number): string {
  const mac = Buffer.from(valid, "base64");
  mac[at] = (mac[at] as number) ^ 0x80;
  return mac.toString("base64");
}
