/** A line, and which of the two texts contain it. */
export interface DiffLine {
  readonly side: "both" | "first" | "second";
  readonly text: string;
}

/** Lines compared of each text: the cost grows with their product. */
const MAX_LINES = 400;

/** Merges the lines of two texts; common lines appear once. */
export function diffLines(first: string, second: string): readonly DiffLine[] {
  const [a, b] = [first.split("\n").slice(0, MAX_LINES), second.split("\n").slice(0, MAX_LINES)];
  const commonCounts = countCommonLines(a, b);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && a[i] === b[j]) {
      lines.push({ side: "both", text: a[i] ?? "" });
      i++;
      j++;
    } else if (
      j >= b.length ||
      (i < a.length && getCount(commonCounts, i + 1, j) >= getCount(commonCounts, i, j + 1))
    )
      lines.push({ side: "first", text: a[i++] ?? "" });
    else lines.push({ side: "second", text: b[j++] ?? "" });
  }
  return lines;
}

/** The number of common lines from each pair of positions on. */
function countCommonLines(a: readonly string[], b: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i] as number[];
      row[j] =
        a[i] === b[j]
          ? getCount(table, i + 1, j + 1) + 1
          : Math.max(getCount(table, i + 1, j), getCount(table, i, j + 1));
    }
  return table;
}

function getCount(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
