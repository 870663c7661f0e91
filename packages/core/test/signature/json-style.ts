import fc from "fast-check";

/** JSON with the spelling of its numbers and the order of its keys, doubled ones too. */
export type Json =
  | { readonly is: "bare"; readonly text: string }
  | { readonly is: "string"; readonly text: string }
  | { readonly is: "array"; readonly items: readonly Json[] }
  | { readonly is: "object"; readonly entries: readonly (readonly [key: string, value: Json])[] };

/** What a serializer makes of the parts that JSON leaves open. */
export interface JsonStyle {
  /** White space between two tokens. */
  readonly gap: () => string;
  /** Whether to write this character as it is rather than as `\u`, where both are possible. */
  readonly plain: (char: string) => boolean;
}

/** As Python's `json.dumps(value, separators=(",", ":"))` writes it. */
export const PYTHON: JsonStyle = { gap: () => "", plain: () => false };

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

function escapeUnits(char: string): string {
  return [...Array(char.length).keys()]
    .map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`)
    .join("");
}

function writeChar(char: string, { plain }: JsonStyle): string {
  const short = SHORT_ESCAPES[char];
  if (short !== undefined) return short;
  if (char >= " " && char <= "~") return char;
  const isLoneSurrogate = /^[\ud800-\udfff]$/.test(char);
  return char >= " " && !isLoneSurrogate && plain(char) ? char : escapeUnits(char);
}

function toTokens(value: Json, spelling: JsonStyle): string[] {
  const string = (text: string): string => `"${[...text].map((char) => writeChar(char, spelling)).join("")}"`;
  const joined = (parts: readonly string[][]): string[] =>
    parts.flatMap((part, i) => (i === 0 ? part : [",", ...part]));
  switch (value.is) {
    case "bare":
      return [value.text];
    case "string":
      return [string(value.text)];
    case "array":
      return ["[", ...joined(value.items.map((item) => toTokens(item, spelling))), "]"];
    case "object":
      return [
        "{",
        ...joined(value.entries.map(([key, inner]) => [string(key), ":", ...toTokens(inner, spelling)])),
        "}",
      ];
  }
}

/** The JSON text of a value in a spelling. */
export function writeJson(value: Json, spelling: JsonStyle): string {
  const { gap } = spelling;
  return toTokens(value, spelling).reduce((text, token) => text + token + gap(), gap());
}

const COMMON_CHARACTERS = [
  "a",
  " ",
  "\t",
  "\n",
  '"',
  "\\",
  "/",
  "u00e9",
  "\u0000",
  "\u001f",
  "~",
  "\u007f",
  "\u0080",
  "é",
  "€",
];
const RARE_CHARACTERS = [
  "\u07ff",
  "\u0800",
  "\u2028",
  "\ufeff",
  "\uffff",
  "😀",
  "\u{10ffff}",
  "\ud800",
  "\udc00",
  "{",
  ":",
  ",",
];
const BARE_LITERALS = [
  "null",
  "true",
  "false",
  "0",
  "-0.0",
  "1.0",
  "1e-07",
  "1e+16",
  "12345678901234567890",
  "-3.14",
];

const text = fc.string({ unit: fc.constantFrom(...COMMON_CHARACTERS, ...RARE_CHARACTERS), maxLength: 8 });

/** Any JSON value, rich in what serializers disagree about. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...BARE_LITERALS).map((bare): Json => ({ is: "bare", text: bare })),
    text.map((string): Json => ({ is: "string", text: string })),
    fc.array(tie("value"), { maxLength: 4 }).map((items): Json => ({ is: "array", items })),
    fc
      .array(fc.tuple(fc.oneof(text, fc.constantFrom("2", "1", "a")), tie("value")), { maxLength: 4 })
      .map((entries): Json => ({ is: "object", entries })),
  ),
})).value;

const GAPS = ["", "", " ", "\n", "\r\n", "\t", "  \n\t ", "\n    "];

/** Any spelling: white space between tokens or none, and characters as they are or as `\u`, all or some. */
export const anyStyle: fc.Arbitrary<JsonStyle> = fc
  .tuple(
    fc.boolean(),
    fc.infiniteStream(fc.constantFrom(...GAPS)),
    fc.constantFrom("all", "none", "some"),
    fc.infiniteStream(fc.boolean()),
  )
  .map(([spaced, gaps, which, choices]) => ({
    gap: () => (spaced ? (gaps.next().value as string) : ""),
    plain: () => which === "all" || (which === "some" && (choices.next().value as boolean)),
  }));

const STRING = /"(?:[^"\\]|\\.)*"/g;

/**
 * What a text says, spelt in one way; null if it is not JSON.
 *
 * The strings are parsed one by one and stand in hexadecimal when the whole is: V8 may read an escaped key as another
 * that occurred before in such a place (https://github.com/nodejs/node/issues/63785), and these texts are full of them.
 */
export function getMeaning(text: string): string | null {
  const hexadecimal = (string: string): string => {
    const read = JSON.parse(string) as string;
    return `"${Buffer.from(read, "utf16le").toString("hex")}"`;
  };
  try {
    return JSON.stringify(JSON.parse(text.replaceAll(STRING, hexadecimal)));
  } catch {
    return null;
  }
}
