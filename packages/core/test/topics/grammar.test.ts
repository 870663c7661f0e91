import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { assertPattern, isPattern, isSegment, isTopic } from "../../src/topics/grammar.ts";
import { catchHeronError } from "../test-receiver.ts";

// Many cases take their time where much else runs.
vi.setConfig({ testTimeout: 60_000 });

const long = (length: number): string => `a.${"b".repeat(length - 2)}`;

describe("isTopic", () => {
  test.each(["a.b", "end_user.processed", "a.b.c", "a.b.c.d", "0.1", "_._", "a1_.b2_", long(128)])(
    "%s is one",
    (text) => {
      expect(isTopic(text)).toBe(true);
    },
  );

  test.each([
    ...["", "a", "a.", ".a", "a..b", "a.b.", ".a.b", "a.b.c.d.e", ".", "..", "A.b", "a.B", "a-b.c", "a b.c"],
    ...["a.b ", " a.b", "a.b\n", "a.é", "a.*", "*.a", "*", "**", "a.**", "a/b.c", "a.b\u0000", long(129)],
  ])("%j is none", (text) => {
    expect(isTopic(text)).toBe(false);
  });
});

describe("isPattern", () => {
  test.each([
    ...["*", "**", "*.*", "*.**", "a.*", "*.a", "a.**", "a.b", "a.b.c.d", "*.*.*.*", "*.*.*.**", "a.*.c.**"],
    ...["*.b.*.d", "end_user.*", "*.failed", long(128)],
  ])("%s is one", (text) => {
    expect(isPattern(text)).toBe(true);
  });

  test.each([
    ...["", "a", "a.", ".*", "*.", "**.a", "a.**.b", "**.**", "***", "a.***", "a*.b", "a.b*", "*a.b", "a.*b"],
    ...[
      "a..b",
      "a.b.c.d.e",
      "*.*.*.*.*",
      "*.*.*.*.**",
      "A.*",
      "a.* ",
      " a.*",
      "a.*\n",
      "a.?",
      long(129),
      "*.".repeat(64),
    ],
  ])("%j is none", (text) => {
    expect(isPattern(text)).toBe(false);
  });
});

const segment = fc.string({ unit: fc.constantFrom(..."abz019_"), minLength: 1, maxLength: 6 });

test("2 to 4 good segments joined by dots are a topic, and a pattern", () => {
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
      const good = segments.length >= 2 && segments.length <= 4;
      expect(isTopic(segments.join("."))).toBe(good);
      expect(isPattern(segments.join("."))).toBe(good);
      expect(segments.every(isSegment)).toBe(true);
    }),
    getRuns(1000),
  );
});

test("a topic with any character outside the grammar put into it is none", () => {
  const other = fc
    .integer({ min: 0, max: 0xffff })
    .map((unit) => String.fromCharCode(unit))
    .filter((char) => !/[a-z0-9_.]/.test(char));
  fc.assert(
    fc.property(fc.tuple(segment, segment), other, fc.nat(13), (segments, char, at) => {
      const topic = segments.join(".");
      const place = at % (topic.length + 1);
      const spoilt = topic.slice(0, place) + char + topic.slice(place);
      expect(isTopic(spoilt)).toBe(false);
      expect(isSegment(spoilt)).toBe(false);
    }),
    getRuns(1000),
  );
});

test("any segments of a topic may be *, and the last **", () => {
  const wild = fc.array(fc.oneof(segment, fc.constant("*")), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(wild, fc.oneof(segment, fc.constantFrom("*", "**")), (first, last) => {
      expect(isPattern([...first, last].join("."))).toBe(true);
      expect(isPattern([...first, "**", last].join("."))).toBe(false);
    }),
    getRuns(1000),
  );
});

describe("what is not a pattern is rejected as pattern_invalid", () => {
  test("with the pattern and what one looks like", () => {
    const { code, message } = catchHeronError(() => assertPattern("End User.*"));
    expect(code).toBe("pattern_invalid");
    expect(message).toBe(
      '"End User.*" is not a pattern: write 2 to 4 segments of a-z, 0-9 and _ joined by dots, "*" for any one segment ' +
        'and "**" at the end for the rest, such as "end_user.processed", "end_user.*", "*.failed" or "**".',
    );
  });

  test("with the fix when only the wildcard is missing", () => {
    expect(catchHeronError(() => assertPattern("end_user")).message).toMatch(
      / For every topic of that resource write "end_user\.\*"\.$/,
    );
  });

  test("showing no more than 128 characters, on one line", () => {
    const { message } = catchHeronError(() => assertPattern(`\n${"A".repeat(100_000)}`));
    expect(message).toMatch(/^"\\nA{127}" is not/);
  });

  test("but a pattern is not", () => {
    expect(assertPattern("end_user.*")).toBe(undefined);
  });
});
