import { expect, test } from "vitest";
import { formatDuration, ProgressBar } from "../src/import/progress.ts";

function terminal(isTTY: boolean): {
  readonly lines: string[];
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
} {
  const lines: string[] = [];
  return { lines, isTTY, columns: 40, write: (text) => void lines.push(text) };
}

test("on a terminal one line is redrawn, no longer than the terminal is wide, and cleared at the end", () => {
  let now = 0;
  const shown = terminal(true);
  const bar = new ProgressBar(shown, 1000, 0, () => now);
  for (; now < 2000; now += 10) bar.update(now / 4, 10);
  expect(shown.lines.length).toBeGreaterThan(15);
  expect(shown.lines.length).toBeLessThan(21);
  for (const line of shown.lines) expect(line.replace("\u001b[K", "")).toMatch(/^\r.{1,39}$/);
  expect(shown.lines.at(-1)).toMatch(/^\r█{11,12}░+ 4\d% /);
  bar.end();
  expect(shown.lines.at(-1)).toBe("\r\u001b[K");
});

test("elsewhere a line is printed every few seconds, with the remaining time, also after a resume", () => {
  let now = 0;
  const shown = terminal(false);
  const bar = new ProgressBar(shown, 1000, 500, () => now);
  for (let done = 500; done <= 750; done += 25, now += 1000) bar.update(done, 1234);
  expect(shown.lines).toEqual([
    "Imported 62% (1,481 rows/s, 15 s left)\n",
    "Imported 75% (1,357 rows/s, 10 s left)\n",
  ]);
  bar.end();
  expect(shown.lines).toHaveLength(2);
});

test("durations are formatted", () => {
  expect([0, 1234, 45_000, 100_000, 3_600_000, 9_000_000].map(formatDuration)).toEqual([
    "0.0 s",
    "1.2 s",
    "45 s",
    "2 min",
    "60 min",
    "2 h 30 min",
  ]);
});
