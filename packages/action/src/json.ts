import { createInputError, type InputName } from "./inputs.ts";

/**
 * The JSON of an input. What is at fault is said by its place, and not quoted.
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
      `is not JSON${position}. A quote or a line break in what \${{ … }} puts in breaks it: write \${{ toJSON(…) }} without quotes around it, or use fields, which take any text`,
      cause,
    );
  }
  throw createInputError(
    name,
    `holds the number ${roundedNumber.slice(0, 40)}, which would be rounded: put it in quotes`,
  );
}

/** Whether a number is still what was written: large integers, and what is beyond all numbers, are not. */
function isExactNumber(parsed: number, source: string): boolean {
  return /^-?\d+$/.test(source) ? BigInt(source) === BigInt(parsed) : Number.isFinite(parsed);
}

/** Where the text can no longer be the beginning of any JSON: the parser itself does not always say. */
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

/** Whether JSON may begin so: the parser finds nothing wrong, or nothing but the end. */
function isJsonPrefix(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = String(error);
    return message.includes("end of JSON") || message.includes(`at position ${text.length} `);
  }
}
