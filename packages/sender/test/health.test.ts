import type { Outcome } from "@heron-webhooks/core";
import { describe, expect, test } from "vitest";
import { HEALTH, Health, type HealthChange } from "../src/engine/health.ts";
import type { WebhookRecord } from "../src/store/records.ts";

const FAILED: Outcome = { kind: "retry", reason: "answered 500" };
const DAY = 86_400_000;

const record = (failingSince: number | null = 0): WebhookRecord =>
  ({ id: "wbh_1", failingSince }) as WebhookRecord;

function fail(health: Health, began: number, probe = false, outcome: Outcome = FAILED): HealthChange | null {
  return health.after({ outcome, probe, began, ended: began + 1 }, record());
}

describe("the circuit", () => {
  test("closes after ten failures in a row, for a minute", () => {
    const health = new Health(HEALTH);
    for (let i = 0; i < 9; i++) expect(fail(health, i)).toBeNull();
    expect(fail(health, 9)).toEqual({ gate: { gate: "circuit", closedMs: 60_000 } });
  });

  test("counts failures in a row: one that is delivered begins the count anew", () => {
    const health = new Health(HEALTH);
    for (let i = 0; i < 9; i++) fail(health, i);
    health.after({ outcome: { kind: "delivered" }, probe: false, began: 9, ended: 10 }, record());
    for (let i = 10; i < 19; i++) expect(fail(health, i)).toBeNull();
    expect(fail(health, 19)?.gate).toBeDefined();
  });

  test("is not closed longer by attempts that were under way when it closed", () => {
    const health = new Health(HEALTH);
    for (let i = 0; i < 10; i++) fail(health, 5);
    for (let i = 0; i < 30; i++) expect(fail(health, 5)).toBeNull();
  });

  test("closes for twice as long each time the one let through fails, up to an hour", () => {
    const health = new Health(HEALTH);
    for (let i = 0; i < 10; i++) fail(health, i);
    const minutes = Array.from(
      { length: 8 },
      (_, i) => (fail(health, 1000 * (i + 1), true)?.gate?.closedMs as number) / 60_000,
    );
    expect(minutes).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test("opens when the one let through is delivered", () => {
    const health = new Health(HEALTH);
    const after = health.after(
      { outcome: { kind: "delivered" }, probe: true, began: 0, ended: 1 },
      record(null),
    );
    expect(after).toEqual({ gate: { gate: "circuit", closedMs: null } });
  });
});

test("Retry-After closes a gate for as long as it says, an hour at most", () => {
  const health = new Health(HEALTH);
  expect(fail(health, 0, false, { ...FAILED, after: 2000 })?.gate).toEqual({
    gate: "retry-after",
    closedMs: 2000,
  });
  expect(fail(health, 1, false, { ...FAILED, after: 10 * DAY })?.gate).toEqual({
    gate: "retry-after",
    closedMs: 3_600_000,
  });
  expect(fail(health, 2, false, { ...FAILED, after: 0 })?.gate).toBeUndefined();
});

test("since when it fails is written down once, and taken back when it is delivered", () => {
  const health = new Health(HEALTH);
  const failed = { outcome: FAILED, probe: false, began: 5, ended: 7 };
  expect(health.after(failed, record(null))).toEqual({ failingSince: 7 });
  expect(health.after(failed, record(7))).toBeNull();
  expect(health.after({ ...failed, outcome: { kind: "delivered" } }, record(7))).toEqual({
    failingSince: null,
  });
  expect(health.after({ ...failed, outcome: { kind: "delivered" } }, record(null))).toBeNull();
});

test("five days of failing disable a webhook, 410 at once", () => {
  const health = new Health(HEALTH);
  const at = (ended: number): HealthChange | null =>
    health.after({ outcome: FAILED, probe: false, began: ended, ended }, record(0));
  expect(at(5 * DAY - 1)).toBeNull();
  expect(at(5 * DAY)).toEqual({ disable: "failing" });
  const gone: Outcome = { kind: "gone", reason: "answered 410" };
  expect(health.after({ outcome: gone, probe: false, began: 0, ended: 1 }, record(null))).toEqual({
    disable: "gone",
  });
});
