import { expect, test } from "vitest";
import { rowAfter, scrollFor } from "../web/list/list-keys.ts";
import { bandOf, OVERSCAN, type View } from "../web/list/window.ts";

const VIEW: View = { above: 0, height: 800, row: 40, count: 10_000 };

test.each([0, 39, 40, 4000, 200_000, 399_000])(
  "at %i pixels all that is seen is there, and little more",
  (above) => {
    const { first, end } = bandOf({ ...VIEW, above });
    expect(first * 40).toBeLessThanOrEqual(above);
    expect(end * 40).toBeGreaterThanOrEqual(Math.min(above + 800, 400_000));
    expect(end - first).toBeLessThanOrEqual(20 + 4 * OVERSCAN);
  },
);

test("a small way scrolled changes nothing", () => {
  expect(bandOf({ ...VIEW, above: 4010 })).toEqual(bandOf({ ...VIEW, above: 4070 }));
});

test.each([
  ["above the list", { above: -5000 }, 0],
  ["below it", { above: 500_000 }, 10_000],
  ["no rows", { count: 0 }, 0],
  ["rows that have no height yet", { row: 0 }, 0],
])("%s", (_, parts, first) => {
  expect(bandOf({ ...VIEW, ...parts }).first).toBe(first);
});

test.each([
  ["ArrowDown", 5, 6],
  ["ArrowUp", 0, 0],
  ["ArrowDown", 9999, 9999],
  ["PageDown", 5, 23],
  ["PageUp", 5, 0],
  ["Home", 700, 0],
  ["End", 0, 9999],
  ["x", 5, null],
])("%s from row %i goes to %j", (key, from, to) => {
  expect(rowAfter(key, from, VIEW)).toBe(to);
});

test("without a row yet, the keys begin where one looks", () => {
  expect(rowAfter("ArrowDown", -1, { ...VIEW, above: 4000 })).toBe(102);
  expect(rowAfter("ArrowDown", -1, { ...VIEW, count: 0 })).toBeNull();
});

test("a row that is seen is not scrolled to, others by as little as it takes", () => {
  expect(scrollFor(5, VIEW)).toBe(0);
  expect(scrollFor(0, { ...VIEW, above: 400 })).toBe(-464);
  expect(scrollFor(20, VIEW)).toBe(104);
});
