import { createInputError, type InputName } from "./inputs.ts";

/**
 * Parses an input as JSON. The error gives the position and never quotes the value.
 * @throws HeronError `option_invalid`
 */
export function parseJson(name: InputName, text: string): unknown {
  let roundedNumber: string | undefined;
  try {
    const value: unknown = JSON.parse(
      text,
      (_, parsed: unknown, { source = "" }: { source?: string } = {}) => {
        if (typeof parsed === "number" && !isExactNumber(parsed, source)) roundedNumber ??= source;
        return parsed;
      },
    );
    if (roundedNumber === undefined) return value;
  } catch (cause) {
    const position = findErrorPosition(text);
    throw createInputError(
      name,
      `is not JSON${position}. A quote or a line break inserted by \${{ … }} breaks it: write \${{ toJSON(…) }} without quotes, or use fields, which take any text`,
      cause,
    );
  }
  throw createInputError(
    name,
    `holds the number ${roundedNumber.slice(0, 40)}, which would be rounded: put it in quotes`,
  );
}

/** Whether parsing keeps a number's value: large integers are rounded, and huge numbers become infinite. */
function isExactNumber(parsed: number, source: string): boolean {
  return /^-?\d+$/.test(source) ? BigInt(source) === BigInt(parsed) : Number.isFinite(parsed);
}

/** The first position at which the text is not a prefix of JSON. The parser does not always give one. */
function findErrorPosition(text: string): string {
  if (isJsonPrefix(text)) return ", it ends too soon";
  let [validEnd, invalidEnd] = [0, text.length];
  while (invalidEnd - validEnd > 1) {
    const middle = (validEnd + invalidEnd) >> 1;
    if (isJsonPrefix(text.slice(0, middle))) validEnd = middle;
    else invalidEnd = middle;
  }
  const lines = text.slice(0, validEnd).split("\n");
  return `, from line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1} on`;
}

/** Whether the text is a prefix of JSON: the parser accepts it, or fails only at its end. */
function isJsonPrefix(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = String(error);
    return message.includes("end of JSON") || message.includes(`at position ${text.length} `);
  }
}
