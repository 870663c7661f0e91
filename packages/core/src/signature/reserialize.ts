import { writeAlternateForms } from "./body-forms.ts";

const SPACE = Buffer.from(" ");
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/** The same JSON as JavaScript serializes it, compact or indented, and as Python does with its default spaces. */
export function reserialize(body: Uint8Array): (Uint8Array | string)[] {
  let compactJson: string;
  let indentedJson: string;
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    compactJson = JSON.stringify(value);
    indentedJson = JSON.stringify(value, null, 2);
  } catch {
    // Not JSON, or nested too deeply to serialize.
    return [];
  }
  const compact: Buffer[] = [];
  const ascii: Buffer[] = [];
  const forms = writeAlternateForms(
    body,
    (piece) => compact.push(Buffer.from(piece)),
    (piece) => ascii.push(Buffer.from(piece)),
  );
  const pythonForms = [
    forms.compact ? Buffer.concat(compact) : body,
    ...(forms.ascii ? [Buffer.concat(ascii)] : []),
  ];
  return [compactJson, ...pythonForms.map(addSpaces), indentedJson];
}

/** Compact JSON with a space after each comma and colon, token by token, so that numbers keep their format. */
function addSpaces(json: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let i = 0; i < json.length; ) {
    const byte = json[i++];
    if (byte === QUOTE) i = findStringEnd(json, i);
    else if (byte === COMMA || byte === COLON) {
      parts.push(json.subarray(from, i), SPACE);
      from = i;
    }
  }
  return Buffer.concat([...parts, json.subarray(from)]);
}

/** The index after the closing quote of the string that begins before `i`. */
function findStringEnd(json: Uint8Array, i: number): number {
  for (; i < json.length; i++) {
    if (json[i] === QUOTE) return i + 1;
    if (json[i] === BACKSLASH) i++;
  }
  return i;
}
