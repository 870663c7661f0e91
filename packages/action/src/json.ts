import { type InputName, wrong } from "./inputs.ts";

/**
 * The JSON of an input. What is at fault is said by its place, and not quoted.
 * @throws HeronError `option_invalid`
 */
export function parseJson(name: InputName, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const place = placeOf(text, cause instanceof Error ? cause.message : "");
    throw wrong(
      name,
      `is not JSON${place}. Where \${{ … }} puts text into JSON, a quote or a line break in it breaks the JSON: write \${{ toJSON(…) }} without quotes around it, or use fields, which take any text`,
      cause,
    );
  }
}

/** Where the parser stopped; it says so by position, or, at the end, not at all. */
function placeOf(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return /end of JSON/i.test(message) ? ", it ends too soon" : "";
  const lines = text.slice(0, Number(position)).split("\n");
  return `, from line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1} on`;
}
