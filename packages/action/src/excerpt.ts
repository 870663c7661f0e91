const LONGEST = 200;

/**
 * The beginning of what a server said, fit for a log: one line, without what a terminal or the runner would act on.
 * Empty if it said nothing, or HTML. Source of the runner's commands: GitHub Docs, "Workflow commands".
 */
export function excerpt(body: string): string {
  const line = body
    .slice(0, LONGEST * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, " ")
    .trim();
  if (line === "" || line.startsWith("<")) return "";
  const harmless = inert(line).replaceAll("::", ": :");
  return harmless.length > LONGEST
    ? `${harmless.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, "")}…`
    : harmless;
}

/** Text that may stand after the beginning of a line: `##[name]` is a command anywhere, `::name::` at the start alone. */
export function inert(text: string): string {
  return text.replaceAll("##[", "# #[");
}
