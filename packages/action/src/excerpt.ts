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
  // `##[name]` is a command anywhere in a line, and `::name::` at the start of one.
  const inert = line.replaceAll("##[", "# #[").replaceAll("::", ": :");
  return inert.length > LONGEST ? `${inert.slice(0, LONGEST).toWellFormed()}…` : inert;
}
