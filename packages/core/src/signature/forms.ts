import { isAscii, isUtf8 } from "node:buffer";

/**
 * The spelling of a body that its signature was made over: the bytes as they came (`raw`), those without
 * insignificant white space (`compact`), or those with every character outside printable ASCII written as `\uXXXX`
 * besides (`compact-ascii`).
 */
export type Form = "raw" | "compact" | "compact-ascii";

/** Takes the bytes of a spelling, piece by piece; a piece is overwritten when the call has returned. */
export type Take = (piece: Uint8Array) => void;

/** Which spellings there are beside the bytes as they came: one that would be the same is not made. */
export interface OtherForms {
  readonly compact: boolean;
  readonly ascii: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DEL = 0x7f;

/** Small enough to stay in the processor's cache, so that a large body costs no memory and few misses. */
const PIECE = 16 * 1024;

/** A character that begins in a piece may end behind it. */
const OVERHANG = 4;

/**
 * How many bytes escaping may add: enough for 24,000 accents. A body with more that was also signed in another
 * spelling than it was sent in is less likely than a forgery, and refusing one must stay cheap.
 */
const MOST_ADDED = 96 * 1024;

/**
 * Writes out the other spellings of a body that its sender may have signed.
 *
 * Heron's own documentation signs `json.dumps(data, separators=(",", ":"))`, and whatever lies between the two ends
 * may write the same JSON another way. The spellings are made from the bytes, token by token: parsing and
 * printing again would lose number spellings, key order and duplicate keys, and so let another body pass.
 */
export function otherForms(body: Uint8Array, compact: Take, ascii: Take): OtherForms {
  if (!isUtf8(body)) return { compact: false, ascii: false };
  const escapes = !isAscii(body) || body.includes(DEL);
  const spaced = [0x20, 0x0a, 0x0d, 0x09].some((byte) => body.includes(byte));
  if (!spaced && !escapes) return { compact: false, ascii: false };
  const longest = Math.min(body.length, PIECE) + OVERHANG;
  const out = Buffer.allocUnsafe(longest);
  const escapedOut = Buffer.allocUnsafe(escapes ? longest * 6 : 0);
  let state = OUTSIDE;
  let kept = 0;
  let added = 0;
  for (let from = 0; from < body.length; ) {
    const to = endOfPiece(body, from);
    const piece = body.subarray(from, to);
    from = to;
    let spelled = piece;
    if (spaced) {
      const written = writeCompact(piece, state, out);
      state = written.state;
      spelled = out.subarray(0, written.length);
      compact(spelled);
    }
    kept += spelled.length;
    if (!escapes || added > MOST_ADDED) continue;
    const plain = isAscii(spelled) && !spelled.includes(DEL);
    const escaped = plain ? spelled : escapedOut.subarray(0, writeEscaped(spelled, escapedOut));
    added += escaped.length - spelled.length;
    ascii(escaped);
  }
  return { compact: kept !== body.length, ascii: added > 0 && added <= MOST_ADDED };
}

/** Where a piece that begins at `from` ends: not within a character. */
function endOfPiece(utf8: Uint8Array, from: number): number {
  let to = Math.min(utf8.length, from + PIECE);
  while (to < utf8.length && ((utf8[to] as number) & 0xc0) === 0x80) to++;
  return to;
}

const OUTSIDE = 0x000;
const INSIDE = 0x100;
const ESCAPED = 0x200;
const STATE = 0x300;

/**
 * By state and byte, the next state and whether the byte is kept. A table rather than branches: of a body made to be
 * mispredicted, each byte would cost several times as much.
 */
const STEP: Int32Array = Int32Array.from({ length: 3 * 256 }, (_, index) => {
  const [state, byte] = [index & STATE, index & 0xff];
  if (state === OUTSIDE && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) return OUTSIDE;
  const inside = byte === QUOTE ? OUTSIDE : byte === BACKSLASH ? ESCAPED : INSIDE;
  const next = state === ESCAPED ? INSIDE : state === INSIDE ? inside : byte === QUOTE ? INSIDE : OUTSIDE;
  return next | 1;
});

/** Writes JSON without white space outside strings; gives the state reached and the length. */
function writeCompact(
  json: Uint8Array,
  from: number,
  out: Uint8Array,
): { readonly state: number; readonly length: number } {
  let state = from;
  let o = 0;
  const pairs = json.length & ~1;
  let i = 0;
  // Two at a time, which is a tenth quicker.
  for (; i < pairs; i += 2) {
    const [a, b] = [json[i] as number, json[i + 1] as number];
    const first = STEP[state | a] as number;
    const second = STEP[(first & STATE) | b] as number;
    out[o] = a;
    o += first & 1;
    out[o] = b;
    o += second & 1;
    state = second & STATE;
  }
  if (i < json.length) {
    const step = STEP[state | (json[i] as number)] as number;
    out[o] = json[i] as number;
    o += step & 1;
    state = step & STATE;
  }
  return { state, length: o };
}

/**
 * Writes each character that Python's `json.dumps` escapes by default (non-ASCII and DEL) as `\uXXXX` in lower case,
 * one beyond U+FFFF as a surrogate pair; gives the length. Such characters stand only inside strings, or the text is
 * not JSON and fails to parse whatever was signed.
 */
function writeEscaped(utf8: Uint8Array, out: Uint8Array): number {
  const from = new DataView(utf8.buffer, utf8.byteOffset, utf8.length);
  const to = new DataView(out.buffer, out.byteOffset, out.length);
  const end = utf8.length;
  let o = 0;
  for (let i = 0; i < end; ) {
    // Eight at a time while all are below DEL: adding one to each sets no highest bit.
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
          o = writeUnit(to, o, 0xd800 | (point >> 10));
          unit = 0xdc00 | (point & 0x3ff);
        }
      }
    }
    o = writeUnit(to, o, unit);
  }
  return o;
}

/** `\u` and two digits, and two digits alone, by the byte that they stand for; as numbers that lie so in memory. */
const HIGH: Int32Array = Int32Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(`\\u${hex(byte)}`).readInt32LE(),
);
const LOW: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(hex(byte)).readUInt16LE(),
);

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function writeUnit(out: DataView, o: number, unit: number): number {
  out.setInt32(o, HIGH[unit >> 8] as number, true);
  out.setUint16(o + 4, LOW[unit & 255] as number, true);
  return o + 6;
}
