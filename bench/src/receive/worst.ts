/** A body that is dear to refuse: one of those that a forger would choose. */
export interface WorstCase {
  readonly name: string;
  readonly body: Uint8Array;
}

const SIZE = 1024 * 1024;

/** Bodies of 1 MiB, each hard on another part of making the other spellings of a body. */
export function worstCases(): WorstCase[] {
  return [
    ["ASCII, compact", inString("a")],
    ["one space, 2-byte characters", ` ${inString("é")}`],
    ["one space, 3-byte characters", ` ${inString("€")}`],
    ["one space, emoji", ` ${inString("😀")}`],
    ["one space, ASCII and 2-byte by turns", ` ${inString("aé")}`],
    ["one space, one DEL to 3 characters", ` ${inString("aaa\u007f")}`],
    ["one space, all DEL", ` ${inString("\u007f")}`],
    ["all white space", filled(" ")],
    ["ASCII, pretty-printed", filled('{\n    "name": 1,\n    "of": [\n        2\n    ]\n},\n')],
    ["white space at every second byte", filled("1 ")],
    [
      "white space at every second byte, 2-byte characters",
      `${filled("1 ", SIZE / 2)}${inString("é", SIZE / 2)}`,
    ],
    ["many short strings, spaced", filled('"a", ')],
    ["many empty strings, spaced", filled('"" ')],
    ["many short strings of one 2-byte character, spaced", filled('"é", ')],
    ["ASCII with an accent and a space now and then", filled(`${"a".repeat(200)}é `)],
    ["all backslashes", ` ${inString("\\\\")}`],
    ["escaped quotes", ` ${inString('\\"')}`],
    ["not UTF-8 at its end", `${inString("é")}\u00ff`],
  ].map(([name = "", text = ""]) => {
    const utf8 = Buffer.from(text, "utf8");
    const body = name.startsWith("not UTF-8") ? utf8.subarray(0, -1) : utf8;
    return { name, body };
  });
}

function inString(character: string, size: number = SIZE): string {
  return `"${filled(character, size - 3)}"`;
}

/** As often as it goes into `size` bytes. */
function filled(text: string, size: number = SIZE): string {
  return text.repeat(Math.floor(size / Buffer.byteLength(text)));
}
