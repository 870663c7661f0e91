import type { AttemptRecord, DeliveryFilter } from "@heron-webhooks/sender";
import type { Operation } from "../operation.ts";
import { PAGE_PARAMETERS, toPageRequest } from "../pagination.ts";
import { ref } from "../schemas.ts";
import { toIsoTime } from "../dto/webhook-dto.ts";
import { toDeliveryDto } from "../dto/delivery-dto.ts";

/** What Heron's words stand for. */
const STATE_BY_STATUS = { pending: "pending", sent: "delivered", failed: "dead" } as const;

const NOT_FOUND_RESPONSE = { 404: { description: "There is no such delivery.", schema: ref("Problem") } } as const;

export const DELIVERIES: readonly Operation[] = [
  {
    method: "get",
    path: "/webhooks/deliveries",
    operationId: "listDeliveries",
    tag: "deliveries",
    summary: "Lists what became of events, the newest first",
    description: "A page may be short, or empty, and not be the last: that is where `next_cursor` is null.",
    query: [
      ...PAGE_PARAMETERS,
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
    responses: { 200: { description: "A page of them.", schema: ref("Deliveries") } },
    async run({ sender, query }) {
      const { status, webhook } = query;
      const filter: Omit<DeliveryFilter, "account"> = {
        ...(typeof status === "string" ? { state: STATE_BY_STATUS[status as keyof typeof STATE_BY_STATUS] } : {}),
        ...(typeof webhook === "string" ? { webhook } : {}),
      };
      const { data, nextCursor } = await sender.deliveries.list(filter, toPageRequest(query));
      return { status: 200, body: { deliveries: data.map(toDeliveryDto), next_cursor: nextCursor } };
    },
  },
  {
    method: "get",
    path: "/webhooks/deliveries/{id}",
    operationId: "getDelivery",
    tag: "deliveries",
    summary: "A delivery, with every attempt and its event",
    responses: { 200: { description: "It.", schema: ref("DeliveryLog") }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id }) {
      const { delivery, attempts, body } = await sender.deliveries.get(id);
      return {
        status: 200,
        body: { delivery: toDeliveryDto(delivery), attempts: attempts.map(toAttemptDto), payload: body },
      };
    },
  },
  {
    method: "post",
    path: "/webhooks/deliveries/{id}/retry",
    operationId: "retryDelivery",
    tag: "deliveries",
    summary: "Sends a delivery again that is dead, or was delivered",
    responses: { 202: { description: "It is pending, and due.", schema: null }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id }) {
      await sender.deliveries.retry(id);
      return { status: 202 };
    },
  },
];

function toAttemptDto({ number, endedAt, responseStatus, durationMs, reason, responseBody }: AttemptRecord): object {
  return { number, at: toIsoTime(endedAt), http_status: responseStatus ?? 0, ms: durationMs, reason, response_text: responseBody };
}
