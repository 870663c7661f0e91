import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { isPattern } from "../../src/topics/grammar.ts";
import { getMatchingPatterns, matchTopic } from "../../src/topics/match.ts";
import { catchHeronError } from "../test-receiver.ts";

// Many cases take their time where much else runs.
vi.setConfig({ testTimeout: 60_000 });

test.each([
  ["end_user.processed", "end_user.processed", true],
  ["end_user.processed", "end_user.failed", false],
  ["end_user.*", "end_user.processed", true],
  ["end_user.*", "end_user", false],
  ["end_user.*", "end_user.a.b", false],
  ["end_user.*", "end_users.processed", false],
  ["*.failed", "pdf.failed", true],
  ["*.failed", "pdf.not_failed", false],
  ["*.*", "a.b", true],
  ["*.*", "a", false],
  ["a.**", "a", true],
  ["a.**", "a.b", true],
  ["a.**", "a.b.c.d.e.f", true],
  ["a.**", "b.a", false],
  ["a.*.**", "a", false],
  ["a.*.**", "a.b", true],
  ["*.b.c.**", "a.b.c", true],
  ["*.b.c.**", "a.b.x.d", false],
  ["a.b.c.d", "a.b.c.d", true],
  ["a.b.c.d", "a.b.c.d.e", false],
  ["*", "", true],
  ["**", "anything at all", true],
  ["*.**", "", true],
  ["*.*", ".", true],
  ["a.*", "a.*", true],
  ["a.*", "a.**", true],
  ["a.b", "A.b", false],
] as const)("pattern %s, topic %j: %s", (pattern, topic, matches) => {
  expect(matchTopic(pattern, topic)).toBe(matches);
});

test("what is not a pattern is rejected, whatever the topic", () => {
  expect(catchHeronError(() => matchTopic("end_user", "end_user")).code).toBe("pattern_invalid");
  expect(catchHeronError(() => matchTopic("**.a", "x".repeat(200))).code).toBe("pattern_invalid");
});

test("a topic of two segments has these patterns, in this order", () => {
  expect(getMatchingPatterns("a.b")).toEqual([
    "a.b",
    "a.b.**",
    "a.*",
    "a.*.**",
    "a.**",
    "*.b",
    "*.b.**",
    "*.*",
    "*.*.**",
    "*.**",
    "**",
    "*",
  ]);
});

const weird = ["*", "**", "", "A", "é", "a b", "***", "__proto__", "constructor"];
const segment = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "b", "c_1") },
  { weight: 2, arbitrary: fc.constantFrom(...weird) },
  { weight: 1, arbitrary: fc.constant("x".repeat(70)) },
);
const anyTopic = fc.array(segment, { minLength: 1, maxLength: 9 }).map((segments) => segments.join("."));

/** A pattern that may well match the topic: its segments, some of them wild, cut off somewhere. */
const topicAndPattern = fc
  .tuple(
    anyTopic,
    fc.array(fc.constantFrom("same", "same", "*", "a"), { minLength: 4, maxLength: 4 }),
    fc.nat(4),
    fc.boolean(),
  )
  .map(([topic, choices, length, open]) => {
    const segments = topic.split(".").slice(0, 4);
    const wanted = choices
      .slice(0, length)
      .map((choice, i) => (choice === "same" ? (segments[i] ?? "b") : choice));
    return { topic, pattern: [...wanted, ...(open ? ["**"] : [])].join(".") };
  });

describe("matchTopic and getMatchingPatterns say the same", () => {
  test("of a pattern made like the topic", () => {
    const seen = { true: 0, false: 0 };
    fc.assert(
      fc.property(topicAndPattern, ({ topic, pattern }) => {
        fc.pre(isPattern(pattern));
        const matches = matchTopic(pattern, topic);
        seen[`${matches}`]++;
        expect(getMatchingPatterns(topic).includes(pattern)).toBe(matches);
      }),
      getRuns(5000),
    );
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(getRuns(5000).numRuns / 10);
  });

  test("of every pattern that a topic has", () => {
    fc.assert(
      fc.property(anyTopic, (topic) => {
        for (const pattern of getMatchingPatterns(topic)) expect(matchTopic(pattern, topic)).toBe(true);
      }),
      getRuns(1000),
    );
  });
});

/** Where patterns differ first: a literal, then *, then the end, then **. */
function getRank(pattern: string): string {
  if (pattern === "*") return "4";
  const ranks = pattern.split(".").map((segment) => (segment === "**" ? "3" : segment === "*" ? "1" : "0"));
  return [...ranks, "2"].join("");
}

test("a topic has at most 32 patterns: valid, no two the same, most specific first", () => {
  let most = 0;
  fc.assert(
    fc.property(anyTopic, (topic) => {
      const patterns = getMatchingPatterns(topic);
      most = Math.max(most, patterns.length);
      expect(new Set(patterns).size).toBe(patterns.length);
      expect(patterns.every(isPattern)).toBe(true);
      expect(patterns.map(getRank)).toEqual(patterns.map(getRank).sort());
      expect(patterns.slice(-2)).toEqual(["**", "*"]);
    }),
    getRuns(2000),
  );
  expect(most).toBe(32);
});

describe("a topic over 128 characters", () => {
  const longest = `a.${"b".repeat(126)}`;

  test("has only ** and *, and one of 128 has all of its own", () => {
    expect(getMatchingPatterns(longest)).toContain("a.*");
    expect(getMatchingPatterns(`${longest}b`)).toEqual(["**", "*"]);
    expect(matchTopic("a.*", longest)).toBe(true);
    expect(matchTopic("a.*", `${longest}b`)).toBe(false);
    expect(matchTopic("**", `${longest}b`)).toBe(true);
    expect(matchTopic("*", `${longest}b`)).toBe(true);
  });

  test("of 100,000 segments is matched by ** and * alone, though all of its segments would fit", () => {
    const topic = "a.".repeat(100_000);
    expect(getMatchingPatterns(topic)).toEqual(["**", "*"]);
    for (const pattern of ["a.**", "*.**", "a.a.a.**"]) expect(matchTopic(pattern, topic)).toBe(false);
    expect(matchTopic("**", topic)).toBe(true);
  });
});
