import type { Condition, LabelRecord, NewEvent } from "../../../engine/src/index.ts";
import { event, type Opened } from "./opened.ts";

export const BIG: Condition = { path: "data.amount", op: "gte", value: 100 };
export const PRO: Condition = { path: "user.plan", op: "eq", value: "pro" };

export function label(parts: Partial<LabelRecord> = {}): LabelRecord {
  return { account: "acme", name: "big", pattern: "a.*", when: [BIG], description: "", created: 0, ...parts };
}

/** An event with an amount. */
export function payment(amount: number, parts: Partial<NewEvent> = {}): NewEvent {
  const id = parts.id ?? `evt_${amount}`;
  const body = JSON.stringify({
    topic: "a.b",
    created: "2026-01-01T00:00:00+00:00",
    data: { amount },
    meta: { from: "shop" },
    id,
  });
  return event({ id, body, ...parts });
}

/** What may be claimed: whose each is, and its topic. */
export async function claimed(opened: Opened): Promise<readonly string[]> {
  return (await opened.claim()).map(({ webhook: to, topic }) => `${to} ${topic}`).sort();
}
