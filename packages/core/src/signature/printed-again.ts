import { otherForms } from "./forms.ts";

const SPACE = Buffer.from(" ");
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/** The same JSON as JavaScript would print it, on one line or indented, and Python with its usual spaces. */
export function printedAgain(body: Uint8Array): (Uint8Array | string)[] {
  let line: string;
  let indented: string;
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    line = JSON.stringify(value);
    indented = JSON.stringify(value, null, 2);
  } catch {
    // Not JSON, or nested deeper than it can be printed.
    return [];
  }
  const compact: Buffer[] = [];
  const ascii: Buffer[] = [];
  const made = otherForms(
    body,
    (piece) => compact.push(Buffer.from(piece)),
    (piece) => ascii.push(Buffer.from(piece)),
  );
  const python = [
    made.compact ? Buffer.concat(compact) : body,
    ...(made.ascii ? [Buffer.concat(ascii)] : []),
  ];
  return [line, ...python.map(spaced), indented];
}

/** Compact JSON with a space behind each comma and colon, token by token, so that numbers keep their spelling. */
function spaced(json: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let i = 0; i < json.length; ) {
    const byte = json[i++];
    if (byte === QUOTE) i = endOfString(json, i);
    else if (byte === COMMA || byte === COLON) {
      parts.push(json.subarray(from, i), SPACE);
      from = i;
    }
  }
  return Buffer.concat([...parts, json.subarray(from)]);
}

/** The index behind the closing quote of the string that begins before `i`. */
function endOfString(json: Uint8Array, i: number): number {
  for (; i < json.length; i++) {
    if (json[i] === QUOTE) return i + 1;
    if (json[i] === BACKSLASH) i++;
  }
  return i;
}
