/**
 * The grammar of workflow commands: which lines of a step's output are commands, and what they say.
 * @module
 */

export interface Command {
  /** As it was written; commands are the same in any case. */
  readonly name: string;
  /** By name in lower case. */
  readonly properties: ReadonlyMap<string, string>;
  readonly data: string;
}

/** The runner knows these; what else looks like a command is text. */
export const commandNames: readonly string[] = [
  "add-mask",
  "add-matcher",
  "add-path",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "notice",
  "remove-matcher",
  "save-state",
  "set-env",
  "set-output",
  "stop-commands",
  "warning",
];

type Escapes = readonly (readonly [escaped: string, character: string])[];

// The percent sign last: `%250A` is `%0A`, not a line break.
const inData: Escapes = [
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%25", "%"],
];
const inProperties: Escapes = [
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%3A", ":"],
  ["%2C", ","],
  ["%25", "%"],
];
const inVersion1: Escapes = [
  ["%3B", ";"],
  ["%0D", "\r"],
  ["%0A", "\n"],
  ["%5D", "]"],
  ["%25", "%"],
];

/** The command in a line, if it is one of `known`, whose names are in lower case. */
export function parseCommand(line: string, known: ReadonlySet<string>): Command | null {
  return version2(line, known) ?? version1(line, known);
}

/** `::name key=value,key=value::data`, at the start of the line. */
function version2(line: string, known: ReadonlySet<string>): Command | null {
  // .NET's white space has NEL, and not the byte order mark.
  const text = line.replace(/^(?:[^\S\ufeff]|\u0085)+/, "");
  if (!text.startsWith("::")) return null;
  const end = text.indexOf("::", 2);
  if (end < 0) return null;
  const { name, rest } = head(text.slice(2, end));
  if (!known.has(name.toLowerCase())) return null;
  return {
    name,
    properties: parseProperties(rest.trim(), ",", inProperties),
    data: unescaped(text.slice(end + 2), inData),
  };
}

/** `##[name key=value;key=value]data`, anywhere in the line. */
function version1(line: string, known: ReadonlySet<string>): Command | null {
  const start = line.indexOf("##[");
  const end = start < 0 ? -1 : line.indexOf("]", start);
  if (end < 0) return null;
  const { name, rest } = head(line.slice(start + 3, end));
  if (!known.has(name.toLowerCase())) return null;
  return {
    name,
    properties: parseProperties(rest, ";", inVersion1),
    data: unescaped(line.slice(end + 1), inVersion1),
  };
}

function head(info: string): { readonly name: string; readonly rest: string } {
  const space = info.indexOf(" ");
  return space < 0 ? { name: info, rest: "" } : { name: info.slice(0, space), rest: info.slice(space + 1) };
}

/** What has no name or no value is left out. */
function parseProperties(text: string, separator: string, escapes: Escapes): Map<string, string> {
  const properties = new Map<string, string>();
  for (const part of text.split(separator)) {
    const [, name, value] = /^=*([^=]+)=+(.+)$/s.exec(part) ?? [];
    if (name !== undefined && value !== undefined)
      properties.set(name.toLowerCase(), unescaped(value, escapes));
  }
  return properties;
}

function unescaped(text: string, escapes: Escapes): string {
  return escapes.reduce((before, [escaped, character]) => before.replaceAll(escaped, character), text);
}
