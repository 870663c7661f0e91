import { signBody } from "../signed-request.ts";
import { ACCEPTED, type AttackRow, expectError, row } from "./row.ts";

const start = '{"topic":"end_user.processed","data":"';

/** An event whose `data` is a string of these bytes. */
function event(data: string | Uint8Array, before = ""): Buffer {
  return Buffer.concat([Buffer.from(before + start), Buffer.from(data), Buffer.from('"}')]);
}

const LOSSY = "Decoding before the HMAC makes unequal bytes equal: what is signed is not what is handled.";
const PRINTED = "Parsing and printing again makes other bytes pass as those that were signed.";
const UTF8 = "Not UTF-8: every decoder makes something else of it.";

/** Sent one way, signed another: not authentic. */
const createForgedRow = (
  [
    ["byte FF signed as U+FFFD", LOSSY, event(Buffer.of(0xff)), event("\ufffd")],
    ["U+FFFD signed as byte FF", LOSSY, event("\ufffd"), event(Buffer.of(0xff))],
    ["byte FF signed as byte FE", LOSSY, event(Buffer.of(0xff)), event(Buffer.of(0xfe))],
    ["byte E9 signed as é in UTF-8", LOSSY, event(Buffer.of(0xe9)), event("é")],
    ["BOM that was not signed", "Text decoders swallow it.", event("bom", "\ufeff"), event("bom")],
    ["BOM signed but not sent", "Text decoders swallow it.", event("bom"), event("bom", "\ufeff")],
    ["UTF-16 signed as UTF-8", LOSSY, Buffer.from(event("16").toString(), "utf16le"), event("16")],
    ["é composed, signed decomposed", LOSSY, event("\u00e9"), event("e\u0301")],
    ["$$ signed as $", "A replacement pattern in a template.", event("$$5"), event("$5")],
    ["$& signed as what it stands for", "A replacement pattern in a template.", event("$&"), event("{body}")],
    [
      "white space in a string",
      "Only white space between tokens means nothing.",
      event("a  b"),
      event("a b"),
    ],
    [
      "keys in another order",
      PRINTED,
      Buffer.from('{"data":1,"topic":"end_user.processed"}'),
      Buffer.from('{"topic":"end_user.processed","data":1}'),
    ],
    [
      "1.0 signed as 1",
      PRINTED,
      Buffer.from('{"topic":"end_user.processed","data":1.0}'),
      Buffer.from('{"topic":"end_user.processed","data":1}'),
    ],
    [
      "a number rounded",
      PRINTED,
      Buffer.from('{"topic":"end_user.processed","data":9007199254740993}'),
      Buffer.from('{"topic":"end_user.processed","data":9007199254740992}'),
    ],
    [
      "a key repeated",
      PRINTED,
      Buffer.from('{"topic":"end_user.processed","data":1,"data":2}'),
      Buffer.from('{"topic":"end_user.processed","data":2}'),
    ],
    ["a slash escaped", PRINTED, event("a\\/b"), event("a/b")],
    [
      "é escaped, signed plain",
      "Escapes are added for a sender that adds them, never taken away.",
      event("\\u00e9"),
      event("é"),
    ],
    [
      "é plain, signed as an upper-case escape",
      "Only one form of an escape, that of Python.",
      event("é"),
      event("\\u00E9"),
    ],
    [
      "a character dropped at the end",
      "A body cut short must not pass for the whole.",
      event("x").subarray(0, -1),
      event("x"),
    ],
    [
      "a NUL added at the end",
      "Text that ends at a NUL for some.",
      Buffer.concat([event("x"), Buffer.of(0)]),
      event("x"),
    ],
    [
      "a no-break space between tokens",
      "White space to JavaScript, not to JSON.",
      Buffer.concat([event("nb"), Buffer.from("\u00a0")]),
      event("nb"),
    ],
    [
      "a form feed between tokens",
      "White space to JavaScript, not to JSON.",
      Buffer.concat([event("ff"), Buffer.from("\f")]),
      event("ff"),
    ],
    [
      "form parameters run together",
      "Concatenation without frames: one signature for two meanings.",
      Buffer.from("a=1b2"),
      Buffer.from("a1b2"),
    ],
  ] as const
).map(([name, why, body, signed]) =>
  row(name, why, { body, signature: signBody(signed) }, expectError(401, "read")),
);

/** Signed as sent: authentic, but nothing that can be read. */
const createUnreadableRow = (
  [
    ["byte FF", event(Buffer.of(0xff))],
    ["a sequence cut short", event(Buffer.of(0xe2, 0x98))],
    ["a continuation byte alone", event(Buffer.of(0x80))],
    ["an overlong slash in two bytes", event(Buffer.of(0xc0, 0xaf))],
    ["an overlong slash in three bytes", event(Buffer.of(0xe0, 0x80, 0xaf))],
    ["an overlong quote that would end the string", event(Buffer.of(0xc0, 0xa2))],
    ["a surrogate", event(Buffer.of(0xed, 0xa0, 0x80))],
    ["a pair of surrogates (CESU-8)", event(Buffer.of(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80))],
    ["beyond U+10FFFF", event(Buffer.of(0xf4, 0x90, 0x80, 0x80))],
    ["UTF-16 in little endian", Buffer.from(event("le").toString(), "utf16le")],
    ["UTF-16 with a BOM", Buffer.from(`\ufeff${event("le")}`, "utf16le")],
    ["UTF-16 in big endian", Buffer.from(event("be").toString(), "utf16le").swap16()],
    ["latin-1", Buffer.from(event("Zo\xeb").toString(), "latin1")],
  ] as const
).map(([name, body]) => row(`signed ${name}`, UTF8, { body }, expectError(400, "read")));

/** Odd, but well formed and signed, in one of the signed forms. */
const createAuthenticRow = (
  [
    [
      "$$ in a body",
      "A verifier that replaces a placeholder by the body refuses it.",
      event("$$ $& $1 $`"),
      null,
    ],
    ["a lone surrogate as an escape", "JSON allows it.", event("\\ud800"), null],
    ["a NUL as an escape", "JSON allows it.", event("\\u0000"), null],
    ["a line separator", "JSON allows it.", event("\u2028\u2029"), null],
    [
      "characters beyond U+FFFF",
      "Four bytes of UTF-8, two units of UTF-16: a length counted in the wrong ones cuts them.",
      event("\u{1f9a9}\u{10ffff}"),
      null,
    ],
    [
      "a new line behind the body",
      "The signature is of the compact form.",
      Buffer.from(`${event("nl")}\n`),
      event("nl"),
    ],
    [
      "printed with spaces, signed compact",
      "Heron's own example signs the compact form of the body.",
      Buffer.from('{ "topic" : "end_user.processed" }'),
      Buffer.from('{"topic":"end_user.processed"}'),
    ],
    [
      "é plain, signed as Python escapes it",
      "Heron's own example signs what Python's json.dumps writes.",
      event("é DEL \x7f"),
      event("\\u00e9 DEL \\u007f"),
    ],
  ] as const
).map(([name, why, body, signed]) =>
  row(name, why, { body, ...(signed === null ? {} : { signature: signBody(signed) }) }, ACCEPTED),
);

export const bodies: readonly AttackRow[] = [
  ...createForgedRow,
  ...createUnreadableRow,
  ...createAuthenticRow,
  row(
    "signed BOM",
    "JSON sent over a network has none (RFC 8259, 8.1).",
    { body: event("bom", "\ufeff") },
    expectError(400, "read"),
  ),
];
