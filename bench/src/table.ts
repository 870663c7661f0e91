/** A table as plain text: the first column to the left, the others to the right. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const shown = lines.map((line) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  shown.splice(1, 0, "-".repeat(Math.max(...shown.map((line) => line.length))));
  console.log(`\n${title}\n\n${shown.join("\n")}`);
}

/** Whether a target was reached, in words. */
export function formatTargetResult(isReached: boolean): string {
  return isReached ? "reached" : "not reached";
}
