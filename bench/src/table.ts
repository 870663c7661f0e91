/** Prints a plain-text table: the first column is left-aligned, the others right-aligned. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const texts = lines.map((line) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  texts.splice(1, 0, "-".repeat(Math.max(...texts.map((line) => line.length))));
  console.log(`\n${title}\n\n${texts.join("\n")}`);
}

export function formatTargetResult(isReached: boolean): string {
  return isReached ? "reached" : "not reached";
}
