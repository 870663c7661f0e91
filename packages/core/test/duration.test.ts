import { expect, test } from "vitest";
import { parseDuration } from "../src/duration.ts";
import { formatValue } from "../src/text.ts";
import { catchHeronError } from "./test-receiver.ts";

test.each([
  ["1ms", 1],
  ["250ms", 250],
  ["30s", 30_000],
  ["5m", 300_000],
  ["24h", 86_400_000],
  ["7d", 604_800_000],
  ["1.5s", 1500],
  ["0.5h", 1_800_000],
  [1, 1],
  [1500, 1500],
  [2 ** 31 - 1, 2_147_483_647],
] as const)("%s is %i ms", (duration, ms) => {
  expect(parseDuration("timeout", duration)).toBe(ms);
});

test.each([
  ...[
    "",
    "s",
    "5",
    "5 s",
    " 5s",
    "5s ",
    "5S",
    "5sec",
    "1.s",
    ".5s",
    "-5s",
    "+5s",
    "5s5",
    "1h30m",
    "1e3s",
    "5w",
    "٣s",
    "5ms\n",
  ],
  ...[
    0,
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 31,
    "0s",
    "0.5ms",
    "25d",
    null,
    undefined,
    true,
    {},
    ["5s"],
    5n,
  ],
])("%s is none", (duration) => {
  // @ts-expect-error what JavaScript may give
  const { code, message } = catchHeronError(() => parseDuration("timeout", duration));
  expect(code).toBe("option_invalid");
  expect(message).toMatch(/^timeout must be a duration from 1 ms to 2147483647 ms/);
});

test("the bounds may be others, and both belong to it", () => {
  const bounds = { min: 10, max: 20 };
  expect([10, 20].map((ms) => parseDuration("x", ms, bounds))).toEqual([10, 20]);
  for (const ms of [9, 21])
    expect(catchHeronError(() => parseDuration("x", ms, bounds)).message).toMatch(/from 10 ms to 20 ms/);
});

test("the message says what was given, and how to write it", () => {
  // @ts-expect-error what JavaScript may give
  expect(catchHeronError(() => parseDuration("ttl", "soon")).message).toBe(
    'ttl must be a duration from 1 ms to 2147483647 ms, as milliseconds or like "30s", "5m", "24h"; it is "soon".',
  );
});

test("a value is shown short and on one line", () => {
  expect(formatValue("a\nb")).toBe('"a\\nb"');
  expect(formatValue(undefined)).toBe("undefined");
  expect(formatValue(Symbol("s"))).toBe("Symbol(s)");
  expect(formatValue("x".repeat(58))).toHaveLength(60);
  expect(formatValue("x".repeat(59))).toBe(`"${"x".repeat(58)}…`);
});
