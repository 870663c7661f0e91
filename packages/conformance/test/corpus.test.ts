import { expect, test } from "vitest";
import { attackCorpus } from "../src/attack/corpus.ts";

test("every row of the corpus has a name of its own, says why it is there, and sends something", () => {
  const names = attackCorpus.map((row) => row.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(100);
  expect(attackCorpus.filter((row) => row.why === "" || row.steps.length === 0)).toEqual([]);
});
