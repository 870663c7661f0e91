import { expect, test } from "vitest";
import { findTargetRow, getScrollDelta } from "../web/list/list-navigation.ts";
import { OVERSCAN_ROWS, toRowRange, type Viewport } from "../web/list/virtual-rows.ts";

const VIEW: Viewport = { scrolledPx: 0, height: 800, rowHeight: 40, count: 10_000 };

test.each([0, 39, 40, 4000, 200_000, 399_000])(
  "at %i pixels the visible rows are rendered, and few others",
  (scrolledPx) => {
    const { first, end } = toRowRange({ ...VIEW, scrolledPx });
    expect(first * 40).toBeLessThanOrEqual(scrolledPx);
    expect(end * 40).toBeGreaterThanOrEqual(Math.min(scrolledPx + 800, 400_000));
    expect(end - first).toBeLessThanOrEqual(20 + 4 * OVERSCAN_ROWS);
  },
);

test("scrolling a little does not change the range", () => {
  expect(toRowRange({ ...VIEW, scrolledPx: 4010 })).toEqual(toRowRange({ ...VIEW, scrolledPx: 4070 }));
});

test.each([
  ["above the list", { scrolledPx: -5000 }, 0],
  ["below the list", { scrolledPx: 500_000 }, 10_000],
  ["no rows", { count: 0 }, 0],
  ["rows without a measured height", { rowHeight: 0 }, 0],
])("%s", (_, parts, first) => {
  expect(toRowRange({ ...VIEW, ...parts }).first).toBe(first);
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
  expect(findTargetRow(key, from, VIEW)).toBe(to);
});

test("without an active row, keys start at the first visible row", () => {
  expect(findTargetRow("ArrowDown", -1, { ...VIEW, scrolledPx: 4000 })).toBe(102);
  expect(findTargetRow("ArrowDown", -1, { ...VIEW, count: 0 })).toBeNull();
});

test("scrolling to a row moves as little as possible", () => {
  expect(getScrollDelta(5, VIEW)).toBe(0);
  expect(getScrollDelta(0, { ...VIEW, scrolledPx: 400 })).toBe(-464);
  expect(getScrollDelta(20, VIEW)).toBe(104);
});
