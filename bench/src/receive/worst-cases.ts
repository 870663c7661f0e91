/** A body that is expensive to reject, as a forger would choose. */
export interface WorstCase {
  readonly name: string;
  readonly body: Uint8Array;
}

const SIZE = 1024 * 1024;

/** Bodies of 1 MiB, each a worst case for another part of writing body forms. */
export function createWorstCases(): WorstCase[] {
  return [
    ["ASCII, compact", createStringEvent("a")],
    ["one space, 2-byte characters", ` ${createStringEvent("é")}`],
    ["one space, 3-byte characters", ` ${createStringEvent("€")}`],
    ["one space, emoji", ` ${createStringEvent("😀")}`],
    ["one space, ASCII and 2-byte by turns", ` ${createStringEvent("aé")}`],
    ["one space, one DEL to 3 characters", ` ${createStringEvent("aaa\u007f")}`],
    ["one space, all DEL", ` ${createStringEvent("\u007f")}`],
    ["all white space", fillUtf8(" ")],
    ["ASCII, pretty-printed", fillUtf8('{\n    "name": 1,\n    "of": [\n        2\n    ]\n},\n')],
    ["white space at every second byte", fillUtf8("1 ")],
    [
      "white space at every second byte, 2-byte characters",
      `${fillUtf8("1 ", SIZE / 2)}${createStringEvent("é", SIZE / 2)}`,
    ],
    ["many short strings, spaced", fillUtf8('"a", ')],
    ["many empty strings, spaced", fillUtf8('"" ')],
    ["many short strings of one 2-byte character, spaced", fillUtf8('"é", ')],
    ["ASCII with an accent and a space now and then", fillUtf8(`${"a".repeat(200)}é `)],
    ["all backslashes", ` ${createStringEvent("\\\\")}`],
    ["escaped quotes", ` ${createStringEvent('\\"')}`],
    ["not UTF-8 at its end", `${createStringEvent("é")}\u00ff`],
  ].map(([name = "", text = ""]) => {
    const utf8 = Buffer.from(text, "utf8");
    const body = name.startsWith("not UTF-8") ? utf8.subarray(0, -1) : utf8;
    return { name, body };
  });
}

function createStringEvent(character: string, size: number = SIZE): string {
  return `"${fillUtf8(character, size - 3)}"`;
}

/** As often as it goes into `size` bytes. */
function fillUtf8(text: string, size: number = SIZE): string {
  return text.repeat(Math.floor(size / Buffer.byteLength(text)));
}
