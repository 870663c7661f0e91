import { expect, test } from "vitest";
import { systemClock } from "../src/clock.ts";

test("the system clock returns the system's time", () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test("its timers fire once, and not when they were cancelled", async () => {
  const fired: string[] = [];
  await new Promise<void>((resolve) => {
    const cancel = systemClock.setTimeout(() => fired.push("cancelled"), 1);
    systemClock.setTimeout(() => fired.push("first"), 1);
    systemClock.setTimeout(resolve, 20);
    cancel();
  });
  expect(fired).toEqual(["first"]);
});
