import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { getMatchingPatterns, matchTopic } from "../../src/topics/match.ts";
import { PatternIndex } from "../../src/topics/pattern-index.ts";
import { catchHeronError } from "../test-receiver.ts";

// Many cases take their time where much else runs.
vi.setConfig({ testTimeout: 60_000 });

test("values are found by topic, most specific pattern first, then in the order they came", () => {
  const index = new PatternIndex<number>();
  for (const [i, pattern] of ["**", "*.b", "a.*", "a.b", "a.*", "*"].entries()) index.add(pattern, i);
  expect(index.match("a.b")).toEqual([3, 2, 4, 1, 0, 5]);
  expect(index.match("a.c")).toEqual([2, 4, 0, 5]);
  expect(index.match("a")).toEqual([0, 5]);
  expect(index.match("x".repeat(200))).toEqual([0, 5]);
});

test("nothing is found where nothing was put", () => {
  const index = new PatternIndex<number>();
  expect(index.match("a.b")).toEqual([]);
  index.add("a.b", 1);
  expect(index.match("a.c")).toEqual([]);
});

test("what is not a pattern is rejected, and leaves nothing behind", () => {
  const index = new PatternIndex<number>();
  expect(catchHeronError(() => index.add("a", 1)).code).toBe("pattern_invalid");
  expect(index.match("a")).toEqual([]);
});

test("delete takes out one value, and says whether it was there", () => {
  const index = new PatternIndex<string>();
  index.add("a.b", "x");
  index.add("a.b", "y");
  index.add("a.b", "x");
  expect(index.delete("a.b", "z")).toBe(false);
  expect(index.delete("a.*", "x")).toBe(false);
  expect(index.delete("not a pattern", "x")).toBe(false);
  expect(index.match("a.b")).toEqual(["x", "y", "x"]);
  expect(index.delete("a.b", "x")).toBe(true);
  expect(index.match("a.b")).toEqual(["y", "x"]);
  expect(index.delete("a.b", "x")).toBe(true);
  expect(index.delete("a.b", "y")).toBe(true);
  expect(index.delete("a.b", "y")).toBe(false);
  expect(index.match("a.b")).toEqual([]);
});

test("a list that was given out cannot be changed, since it is given out again", () => {
  const index = new PatternIndex<string>();
  index.add("a.b", "x");
  expect(() => (index.match("a.b") as string[]).push("y")).toThrow(TypeError);
  expect(index.match("a.b")).toEqual(["x"]);
});

const pattern = fc.constantFrom("a.b", "a.*", "*.b", "a.**", "*.*", "a.b.c", "a.b.**", "*.*.*", "**", "*");
const step = fc.record({ add: fc.boolean(), pattern, value: fc.nat(3) });

test("after any additions and deletions it finds what a scan of the rest would", () => {
  const topics = ["a.b", "a.b.c", "a", "b.b", "", "a.b.c.d.e"];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const index = new PatternIndex<number>();
      const kept: { readonly pattern: string; readonly value: number }[] = [];
      for (const { add, pattern, value } of steps) {
        const at = kept.findIndex((entry) => entry.pattern === pattern && entry.value === value);
        if (add) {
          index.add(pattern, value);
          kept.push({ pattern, value });
        } else {
          expect(index.delete(pattern, value)).toBe(at >= 0);
          if (at >= 0) kept.splice(at, 1);
        }
      }
      for (const topic of topics) {
        const order = getMatchingPatterns(topic);
        const expected = kept
          .filter((entry) => matchTopic(entry.pattern, topic))
          .sort((a, b) => order.indexOf(a.pattern) - order.indexOf(b.pattern));
        expect(index.match(topic)).toEqual(expected.map(({ value }) => value));
      }
    }),
    getRuns(500),
  );
});
