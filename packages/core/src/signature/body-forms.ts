import { isAscii, isUtf8 } from "node:buffer";

/**
 * The form of a body that was signed: the received bytes (`raw`), without insignificant white space (`compact`), or also
 * with every character outside printable ASCII as `\uXXXX` (`compact-ascii`).
 */
export type BodyForm = "raw" | "compact" | "compact-ascii";

/** Receives the bytes of a form in pieces. A piece is overwritten after the call returns. */
export type PieceConsumer = (piece: Uint8Array) => void;

/** The forms besides `raw`. A form equal to another one is not written. */
export interface AlternateForms {
  readonly compact: boolean;
  readonly ascii: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DEL = 0x7f;

/** Fits in the processor's cache, so that a large body needs no memory and has few misses. */
const PIECE_BYTES = 16 * 1024;

/** A character can cross the end of a piece. */
const MAX_OVERHANG_BYTES = 4;

/**
 * The most bytes that escaping can add: enough for 24,000 accented characters. A larger body signed in another form is
 * less likely than a forgery, and rejecting a forgery must stay cheap.
 */
const MAX_ADDED_BYTES = 96 * 1024;

/**
 * Writes the other forms of a body that its sender may have signed.
 *
 * Heron's documentation signs `json.dumps(data, separators=(",", ":"))`, and proxies can reformat the same JSON. The
 * forms are made from the bytes, token by token: parsing and serializing again would lose number formats, key order and
 * duplicate keys, and so accept another body.
 */
export function writeAlternateForms(
  body: Uint8Array,
  onCompactPiece: PieceConsumer,
  onAsciiPiece: PieceConsumer,
): AlternateForms {
  if (!isUtf8(body)) return { compact: false, ascii: false };
  const needsEscaping = !isAscii(body) || body.includes(DEL);
  const hasWhitespace = [0x20, 0x0a, 0x0d, 0x09].some((byte) => body.includes(byte));
  if (!hasWhitespace && !needsEscaping) return { compact: false, ascii: false };
  const maxPieceBytes = Math.min(body.length, PIECE_BYTES) + MAX_OVERHANG_BYTES;
  const compactBuffer = Buffer.allocUnsafe(maxPieceBytes);
  const asciiBuffer = Buffer.allocUnsafe(needsEscaping ? maxPieceBytes * 6 : 0);
  let state = OUTSIDE;
  let compactLength = 0;
  let addedBytes = 0;
  for (let from = 0; from < body.length; ) {
    const to = findPieceEnd(body, from);
    const piece = body.subarray(from, to);
    from = to;
    let compactPiece = piece;
    if (hasWhitespace) {
      const written = writeCompact(piece, state, compactBuffer);
      state = written.state;
      compactPiece = compactBuffer.subarray(0, written.length);
      onCompactPiece(compactPiece);
    }
    compactLength += compactPiece.length;
    if (!needsEscaping || addedBytes > MAX_ADDED_BYTES) continue;
    const isPrintableAscii = isAscii(compactPiece) && !compactPiece.includes(DEL);
    const asciiPiece = isPrintableAscii
      ? compactPiece
      : asciiBuffer.subarray(0, writeEscaped(compactPiece, asciiBuffer));
    addedBytes += asciiPiece.length - compactPiece.length;
    onAsciiPiece(asciiPiece);
  }
  return { compact: compactLength !== body.length, ascii: addedBytes > 0 && addedBytes <= MAX_ADDED_BYTES };
}

/** The end of the piece that begins at `from`: not inside a character. */
function findPieceEnd(utf8: Uint8Array, from: number): number {
  let to = Math.min(utf8.length, from + PIECE_BYTES);
  while (to < utf8.length && ((utf8[to] as number) & 0xc0) === 0x80) to++;
  return to;
}

const OUTSIDE = 0x000;
const INSIDE = 0x100;
const ESCAPED = 0x200;
const STATE_MASK = 0x300;

/**
 * The next state by state and byte, and whether the byte is kept. A table rather than branches, which a crafted body
 * could make several times slower by mispredictions.
 */
const TRANSITIONS: Int32Array = Int32Array.from({ length: 3 * 256 }, (_, index) => {
  const [state, byte] = [index & STATE_MASK, index & 0xff];
  if (state === OUTSIDE && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) return OUTSIDE;
  const inside = byte === QUOTE ? OUTSIDE : byte === BACKSLASH ? ESCAPED : INSIDE;
  const next = state === ESCAPED ? INSIDE : state === INSIDE ? inside : byte === QUOTE ? INSIDE : OUTSIDE;
  return next | 1;
});

/** Writes JSON without white space outside strings. Returns the final state and the length. */
function writeCompact(
  json: Uint8Array,
  from: number,
  out: Uint8Array,
): { readonly state: number; readonly length: number } {
  let state = from;
  let o = 0;
  const pairs = json.length & ~1;
  let i = 0;
  // Two at a time: 10% faster.
  for (; i < pairs; i += 2) {
    const [a, b] = [json[i] as number, json[i + 1] as number];
    const first = TRANSITIONS[state | a] as number;
    const second = TRANSITIONS[(first & STATE_MASK) | b] as number;
    out[o] = a;
    o += first & 1;
    out[o] = b;
    o += second & 1;
    state = second & STATE_MASK;
  }
  if (i < json.length) {
    const step = TRANSITIONS[state | (json[i] as number)] as number;
    out[o] = json[i] as number;
    o += step & 1;
    state = step & STATE_MASK;
  }
  return { state, length: o };
}

/**
 * Escapes the characters that Python's `json.dumps` escapes by default (non-ASCII and DEL) as `\uXXXX` in lower case,
 * beyond U+FFFF as a surrogate pair. Returns the length. Outside strings such characters are not JSON, so parsing fails
 * later.
 */
function writeEscaped(utf8: Uint8Array, out: Uint8Array): number {
  const from = new DataView(utf8.buffer, utf8.byteOffset, utf8.length);
  const to = new DataView(out.buffer, out.byteOffset, out.length);
  const end = utf8.length;
  let o = 0;
  for (let i = 0; i < end; ) {
    // Eight at a time while all are below DEL: adding one to each sets no top bit.
    for (; i + 8 <= end; i += 8, o += 8) {
      const [four, more] = [from.getInt32(i, true), from.getInt32(i + 4, true)];
      if (((four | more | (four + 0x01010101) | (more + 0x01010101)) & 0x80808080) !== 0) break;
      to.setInt32(o, four, true);
      to.setInt32(o + 4, more, true);
    }
    if (i === end) break;
    const a = utf8[i++] as number;
    if (a < DEL) {
      out[o++] = a;
      continue;
    }
    let unit = a;
    if (a > DEL) {
      const b = (utf8[i++] as number) & 0x3f;
      if (a < 0xe0) unit = ((a & 0x1f) << 6) | b;
      else {
        const c = (b << 6) | ((utf8[i++] as number) & 0x3f);
        if (a < 0xf0) unit = ((a & 0x0f) << 12) | c;
        else {
          const point = (((a & 0x07) << 18) | (c << 6) | ((utf8[i++] as number) & 0x3f)) - 0x10000;
          o = writeEscapedUnit(to, o, 0xd800 | (point >> 10));
          unit = 0xdc00 | (point & 0x3ff);
        }
      }
    }
    o = writeEscapedUnit(to, o, unit);
  }
  return o;
}

/** `\u` with two digits, and two digits alone, by byte; as numbers with that memory layout. */
const HIGH_BYTE_ESCAPES: Int32Array = Int32Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(`\\u${toHex(byte)}`).readInt32LE(),
);
const LOW_BYTE_DIGITS: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(toHex(byte)).readUInt16LE(),
);

function toHex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function writeEscapedUnit(out: DataView, offset: number, unit: number): number {
  out.setInt32(offset, HIGH_BYTE_ESCAPES[unit >> 8] as number, true);
  out.setUint16(offset + 4, LOW_BYTE_DIGITS[unit & 255] as number, true);
  return offset + 6;
}
