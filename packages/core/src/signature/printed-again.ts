import { isUtf8 } from "node:buffer";
import { endOfString, escaped, withoutWhiteSpace } from "./forms.ts";

const SPACE = Buffer.from(" ");
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;

/** The same JSON as JavaScript would print it, on one line or indented, and Python with its usual spaces. */
export function printedAgain(body: Uint8Array): (Uint8Array | string)[] {
  if (!isUtf8(body)) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    const python = spaced(withoutWhiteSpace(body));
    return [JSON.stringify(value), python, escaped(python) ?? python, JSON.stringify(value, null, 2)];
  } catch {
    return [];
  }
}

/** Compact JSON with a space behind each comma and colon, token by token, so that numbers keep their spelling. */
function spaced(json: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let i = 0; i < json.length; ) {
    if (json[i] === QUOTE) i = endOfString(json, i + 1);
    else if (json[i] === COMMA || json[i] === COLON) {
      parts.push(json.subarray(from, ++i), SPACE);
      from = i;
    } else i++;
  }
  return Buffer.concat([...parts, json.subarray(from)]);
}
