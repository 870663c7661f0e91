import type { AttemptRecord, DeliveryFilter } from "@heron-webhooks/sender";
import type { Operation } from "../operation.ts";
import { PAGE, pageOf } from "../page.ts";
import { ref } from "../schemas.ts";
import { timeOf } from "../shown.ts";
import { shownDelivery } from "../shown-delivery.ts";

/** What Heron's words stand for. */
const STATE = { pending: "pending", sent: "delivered", failed: "dead" } as const;

const FOUND = { 404: { description: "There is no such delivery.", schema: ref("Problem") } } as const;

export const DELIVERIES: readonly Operation[] = [
  {
    method: "get",
    path: "/webhooks/deliveries",
    name: "listDeliveries",
    tag: "deliveries",
    summary: "Lists what became of events, the newest first",
    description: "A page may be short, or empty, and not be the last: that is where `next_cursor` is null.",
    query: [
      ...PAGE,
      {
        name: "status",
        description: "Those alone.",
        schema: { type: "string", enum: ["pending", "sent", "failed"] },
      },
      {
        name: "webhook",
        description: "Those of one webhook alone.",
        schema: { type: "string", maxLength: 64 },
      },
    ],
    answers: { 200: { description: "A page of them.", schema: ref("Deliveries") } },
    async run({ sender, query }) {
      const { status, webhook } = query;
      const filter: Omit<DeliveryFilter, "account"> = {
        ...(typeof status === "string" ? { state: STATE[status as keyof typeof STATE] } : {}),
        ...(typeof webhook === "string" ? { webhook } : {}),
      };
      const { items, next } = await sender.deliveries.list(filter, pageOf(query));
      return { status: 200, body: { deliveries: items.map(shownDelivery), next_cursor: next } };
    },
  },
  {
    method: "get",
    path: "/webhooks/deliveries/{id}",
    name: "getDelivery",
    tag: "deliveries",
    summary: "A delivery, with every attempt and its event",
    answers: { 200: { description: "It.", schema: ref("DeliveryLog") }, ...FOUND },
    async run({ sender, id }) {
      const { delivery, attempts, body } = await sender.deliveries.get(id);
      return {
        status: 200,
        body: { delivery: shownDelivery(delivery), attempts: attempts.map(shownAttempt), payload: body },
      };
    },
  },
  {
    method: "post",
    path: "/webhooks/deliveries/{id}/retry",
    name: "retryDelivery",
    tag: "deliveries",
    summary: "Sends a delivery again that is dead, or was delivered",
    answers: { 202: { description: "It is pending, and due.", schema: null }, ...FOUND },
    async run({ sender, id }) {
      await sender.deliveries.retry(id);
      return { status: 202 };
    },
  },
];

function shownAttempt({ number, at, status, ms, reason, answer }: AttemptRecord): object {
  return { number, at: timeOf(at), http_status: status ?? 0, ms, reason, response_text: answer };
}
