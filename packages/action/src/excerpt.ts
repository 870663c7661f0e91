const MAX_EXCERPT_LENGTH = 200;

/**
 * The beginning of what a server said, fit for a log: one line, without what a terminal or the runner would act on.
 * Empty if it said nothing, or HTML. Source of the runner's commands: GitHub Docs, "Workflow commands".
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

/** Text that may stand after the beginning of a line: `##[name]` is a command anywhere, `::name::` at the start alone. */
export function escapeCommands(text: string): string {
  return text.replaceAll("##[", "# #[");
}
