import { signBody } from "../signed-request.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Another spelling of the same 32 bytes: two bits of the last letter stand for nothing. */
function trailingBits(valid: string): string {
  return `${valid.slice(0, 42)}${ALPHABET[ALPHABET.indexOf(valid[42] as string) + 1]}=`;
}

function bytes(valid: string): Buffer {
  return Buffer.from(valid, "base64");
}

/** How a good signature may be spelt wrong, or something else stand in its place. */
export const spellings: readonly (readonly [name: string, signature: (valid: string) => string])[] = [
  ["empty", () => ""],
  ["without padding", (s) => s.slice(0, -1)],
  ["with more padding", (s) => `${s}=`],
  ["with other padding", (s) => `${s.slice(0, -1)}==`],
  ["with trailing bits set", trailingBits],
  ["in hexadecimal", (s) => bytes(s).toString("hex")],
  ["in upper-case hexadecimal", (s) => bytes(s).toString("hex").toUpperCase()],
  ["in base64 of its hexadecimal", (s) => Buffer.from(bytes(s).toString("hex")).toString("base64")],
  ["with sha256= before it", (s) => `sha256=${s}`],
  ["with v1, before it", (s) => `v1,${s}`],
  ["with v1= before it", (s) => `t=1767225600,v1=${s}`],
  ["of v1, alone", () => "v1,"],
  ["of 31 bytes", (s) => bytes(s).subarray(0, 31).toString("base64")],
  ["of 33 bytes", (s) => Buffer.concat([bytes(s), Buffer.of(0)]).toString("base64")],
  ["of 33 bytes in 44 letters", () => "A".repeat(44)],
  ["of 64 bytes, the good ones first", (s) => Buffer.concat([bytes(s), bytes(s)]).toString("base64")],
  ["of the first 16 bytes", (s) => bytes(s).subarray(0, 16).toString("base64")],
  ["of the first byte", (s) => bytes(s).subarray(0, 1).toString("base64")],
  ["of padding alone", () => "="],
  ["of 44 padding characters", () => "=".repeat(44)],
  ["of 44 letters outside ASCII", () => "\xe9".repeat(44)],
  ["of 43 letters outside ASCII and padding", () => `${"\xff".repeat(43)}=`],
  ["with a letter outside ASCII", (s) => `${s.slice(0, 20)}\xe9${s.slice(21)}`],
  ["with a space inside", (s) => `${s.slice(0, 20)} ${s.slice(20)}`],
  ["with a tab inside", (s) => `${s.slice(0, 20)}\t${s.slice(20)}`],
  ["with junk inside", (s) => `${s.slice(0, 20)}!!${s.slice(20)}`],
  ["in double quotes", (s) => `"${s}"`],
  ["in single quotes", (s) => `'${s}'`],
  ["in angle brackets", (s) => `<${s}>`],
  ["in lower case", (s) => s.toLowerCase().replace(/.=$/, "b=")],
  ["of 10 KB", (s) => s.repeat(233)],
  ["behind a comma", (s) => `,${s}`],
  ["before a comma", (s) => `${s},`],
  ["before a semicolon", (s) => `${s};q=1`],
  ["twice, joined by a comma", (s) => `${s}, ${s}`],
  ["behind a wrong one and a comma", (s) => `${signBody("other")}, ${s}`],
  ["twice, joined by a space", (s) => `${s} ${s}`],
  ["behind Bearer", (s) => `Bearer ${s}`],
  ["URL-encoded", (s) => encodeURIComponent(s)],
  ["[object Object]", () => "[object Object]"],
  ["undefined", () => "undefined"],
  ["null", () => "null"],
  ["__proto__", () => "__proto__"],
];
