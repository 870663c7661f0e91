import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("every error code stands in the README, with its fix, and no other does", () => {
  const union = /HeronErrorCode =([^;]*);/.exec(read("../src/errors.ts"))?.[1] ?? "";
  const codes = [...union.matchAll(/"(\w+)"/g)].map((found) => found[1]);
  const chapter = read("../README.md").split("## Errors")[1] ?? "";
  const rows = [...chapter.matchAll(/^\| `(\w+)` \| [^|]+ \| [^|]*\|$/gm)].map((found) => found[1]);
  expect(codes.length).toBeGreaterThan(30);
  expect(rows.toSorted()).toEqual(codes.toSorted());
});
