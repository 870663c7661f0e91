import { isAscii, isUtf8 } from "node:buffer";

/**
 * The spelling of a body that its signature was made over: the bytes as they came (`raw`), those without
 * insignificant white space (`compact`), or those with every character outside printable ASCII written as `\uXXXX`
 * besides (`compact-ascii`).
 */
export type Form = "raw" | "compact" | "compact-ascii";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DEL = 0x7f;
const HEX: Uint8Array = Buffer.from("0123456789abcdef");

/**
 * Escaping makes ordinary text at most three times as long; only DEL grows sixfold, and only a forger would send a
 * large body of it. So a large body may triple, which bounds what refusing it costs, and a small one do as it likes.
 */
function roomFor(bytes: number): number {
  return Math.min(bytes * 6, Math.max(bytes * 3, 64 * 1024)) + 12;
}

/**
 * The other spellings of a body that its sender may have signed, in the order to try them; each only if it differs
 * from those before it.
 *
 * Heron's own documentation signs `json.dumps(data, separators=(",", ":"))`, and whatever lies between the two ends
 * may write the same JSON another way. The spellings are made from the bytes, token by token: parsing and
 * printing again would lose number spellings, key order and duplicate keys, and so let another body pass.
 */
export function* otherForms(
  body: Uint8Array,
): Generator<{ readonly form: Form; readonly bytes: Uint8Array }> {
  if (!isUtf8(body)) return;
  const compact = withoutWhiteSpace(body);
  if (compact.length !== body.length) yield { form: "compact", bytes: compact };
  const ascii = escaped(compact);
  if (ascii !== null) yield { form: "compact-ascii", bytes: ascii };
}

/** The JSON text without white space outside strings; the same object if it has none. */
export function withoutWhiteSpace(json: Uint8Array): Uint8Array {
  const end = json.length;
  let out: Uint8Array | null = null;
  let written = 0;
  let copied = 0;
  for (let i = 0; i < end; ) {
    const byte = json[i] as number;
    if (byte === QUOTE) i = endOfString(json, i + 1);
    else if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      out ??= Buffer.allocUnsafe(end);
      out.set(json.subarray(copied, i), written);
      written += i - copied;
      do i++;
      while (i < end && (json[i] === 0x20 || json[i] === 0x0a || json[i] === 0x0d || json[i] === 0x09));
      copied = i;
    } else i++;
  }
  if (out === null) return json;
  out.set(json.subarray(copied, end), written);
  return out.subarray(0, written + end - copied);
}

/** The index behind the closing quote of the string whose first byte is at `i`. */
export function endOfString(json: Uint8Array, i: number): number {
  for (; i < json.length; i++) {
    const byte = json[i];
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) i++;
  }
  return i;
}

/**
 * The text with each character that Python's `json.dumps` escapes by default (non-ASCII and DEL) as `\uXXXX` in
 * lower case, surrogate pairs for those beyond U+FFFF; null if it has none, or has more DEL than a text would.
 * Such characters stand only inside strings, or the text is not JSON and fails to parse whatever was signed.
 */
export function escaped(utf8: Uint8Array): Uint8Array | null {
  if (isAscii(utf8) && !utf8.includes(DEL)) return null;
  const out = Buffer.allocUnsafe(roomFor(utf8.length));
  const full = out.length - 12;
  let o = 0;
  const end = utf8.length;
  for (let i = 0; i < end; ) {
    if (o > full) return null;
    const a = utf8[i++] as number;
    if (a < DEL) out[o++] = a;
    else if (a === DEL) o = writeEscape(out, o, DEL);
    else if (a < 0xe0) o = writeEscape(out, o, ((a & 0x1f) << 6) | ((utf8[i++] as number) & 0x3f));
    else {
      const b = ((utf8[i++] as number) & 0x3f) << 6;
      const c = b | ((utf8[i++] as number) & 0x3f);
      if (a < 0xf0) o = writeEscape(out, o, ((a & 0x0f) << 12) | c);
      else {
        const point = (((a & 0x07) << 18) | (c << 6) | ((utf8[i++] as number) & 0x3f)) - 0x10000;
        o = writeEscape(out, writeEscape(out, o, 0xd800 | (point >> 10)), 0xdc00 | (point & 0x3ff));
      }
    }
  }
  return out.subarray(0, o);
}

function writeEscape(out: Uint8Array, o: number, unit: number): number {
  out[o] = BACKSLASH;
  out[o + 1] = 0x75;
  out[o + 2] = HEX[unit >> 12] as number;
  out[o + 3] = HEX[(unit >> 8) & 15] as number;
  out[o + 4] = HEX[(unit >> 4) & 15] as number;
  out[o + 5] = HEX[unit & 15] as number;
  return o + 6;
}
