import type { Condition, LabelRecord, NewEvent } from "../../../engine/src/index.ts";
import { createEvent, type TestStore } from "./test-store.ts";

export const AMOUNT_IS_BIG: Condition = { path: "data.amount", op: "gte", value: 100 };
export const PLAN_IS_PRO: Condition = { path: "user.plan", op: "eq", value: "pro" };

export function createLabel(parts: Partial<LabelRecord> = {}): LabelRecord {
  return {
    account: "acme",
    name: "big",
    pattern: "a.*",
    conditions: [AMOUNT_IS_BIG],
    description: "",
    createdAt: 0,
    ...parts,
  };
}

/** An event with an amount. */
export function createPayment(amount: number, parts: Partial<NewEvent> = {}): NewEvent {
  const id = parts.id ?? `evt_${amount}`;
  const body = JSON.stringify({
    topic: "a.b",
    created: "2026-01-01T00:00:00+00:00",
    data: { amount },
    meta: { from: "shop" },
    id,
  });
  return createEvent({ id, body, ...parts });
}

/** Claims deliveries and returns the webhook and topic of each. */
export async function claimTopics(opened: TestStore): Promise<readonly string[]> {
  return (await opened.claim()).map(({ webhook: to, topic }) => `${to} ${topic}`).sort();
}
