import { type InputName, wrong } from "./inputs.ts";

/**
 * The JSON of an input. What is at fault is said by its place, and not quoted.
 * @throws HeronError `option_invalid`
 */
export function parseJson(name: InputName, text: string): unknown {
  let lost: string | undefined;
  try {
    const value: unknown = JSON.parse(text, (_, read: unknown, { source = "" }: { source?: string } = {}) => {
      if (typeof read === "number" && !isKept(read, source)) lost ??= source;
      return read;
    });
    if (lost === undefined) return value;
  } catch (cause) {
    const place = placeOf(text);
    throw wrong(
      name,
      `is not JSON${place}. A quote or a line break in what \${{ … }} puts in breaks it: write \${{ toJSON(…) }} without quotes around it, or use fields, which take any text`,
      cause,
    );
  }
  throw wrong(name, `holds the number ${lost.slice(0, 40)}, which would be rounded: put it in quotes`);
}

/** Whether a number is still what was written: large integers, and what is beyond all numbers, are not. */
function isKept(read: number, source: string): boolean {
  return /^-?\d+$/.test(source) ? BigInt(source) === BigInt(read) : Number.isFinite(read);
}

/** Where the text can no longer be the beginning of any JSON: the parser itself does not always say. */
function placeOf(text: string): string {
  if (beginsJson(text)) return ", it ends too soon";
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (beginsJson(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const lines = text.slice(0, good).split("\n");
  return `, from line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1} on`;
}

/** Whether JSON may begin so: the parser finds nothing wrong, or nothing but the end. */
function beginsJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const said = String(error);
    return said.includes("end of JSON") || said.includes(`at position ${text.length} `);
  }
}
