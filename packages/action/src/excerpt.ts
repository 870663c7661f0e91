const MAX_EXCERPT_LENGTH = 200;

/**
 * The start of a response body as one log line, without terminal escapes or runner commands.
 * Empty for an empty body or HTML. Source of the runner's commands: GitHub Docs, "Workflow commands".
 */
export function createExcerpt(body: string): string {
  const line = body
    .slice(0, MAX_EXCERPT_LENGTH * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, " ")
    .trim();
  if (line === "" || line.startsWith("<")) return "";
  const escapedLine = escapeCommands(line).replaceAll("::", ": :");
  return escapedLine.length > MAX_EXCERPT_LENGTH
    ? `${escapedLine.slice(0, MAX_EXCERPT_LENGTH).replace(/[\ud800-\udbff]$/, "")}…`
    : escapedLine;
}

/** Escapes `##[name]`, a command anywhere in a line. `::name::` is a command only at the start. */
export function escapeCommands(text: string): string {
  return text.replaceAll("##[", "# #[");
}
