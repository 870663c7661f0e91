import type { AttemptRecord, DeliveryFilter } from "@heron-webhooks/sender";
import { toDeliveryDto } from "../dto/delivery-dto.ts";
import { toIsoTime } from "../dto/webhook-dto.ts";
import type { Operation } from "../operation.ts";
import { PAGE_PARAMETERS, toPageRequest } from "../pagination.ts";
import { ref } from "../schemas.ts";

/** `sent` and `failed` are the words of Heron's own API. */
const STATE_BY_STATUS = {
  pending: "pending",
  delivered: "delivered",
  dead: "dead",
  sent: "delivered",
  failed: "dead",
} as const;

const NOT_FOUND_RESPONSE = { 404: { description: "Delivery not found.", schema: ref("Problem") } } as const;

export const DELIVERIES: readonly Operation[] = [
  {
    method: "get",
    path: "/webhooks/deliveries",
    operationId: "listDeliveries",
    tag: "deliveries",
    summary: "List deliveries, newest first",
    description: "A page can be short or empty. The last page has `next_cursor: null`.",
    query: [
      ...PAGE_PARAMETERS,
      {
        name: "status",
        description: "Filter by status. `sent` and `failed` are aliases of `delivered` and `dead`.",
        schema: { type: "string", enum: Object.keys(STATE_BY_STATUS) },
      },
      {
        name: "webhook",
        description: "Filter by webhook id.",
        schema: { type: "string", maxLength: 64 },
      },
    ],
    responses: { 200: { description: "One page.", schema: ref("DeliveryPage") } },
    async run({ sender, query }) {
      const { status, webhook } = query;
      const filter: Omit<DeliveryFilter, "account"> = {
        ...(typeof status === "string"
          ? { state: STATE_BY_STATUS[status as keyof typeof STATE_BY_STATUS] }
          : {}),
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
    summary: "Get a delivery with its attempts and event",
    responses: {
      200: { description: "The delivery.", schema: ref("DeliveryDetails") },
      ...NOT_FOUND_RESPONSE,
    },
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
    summary: "Retry a dead or delivered delivery",
    responses: {
      202: { description: "Queued for an immediate attempt.", schema: null },
      ...NOT_FOUND_RESPONSE,
    },
    async run({ sender, id }) {
      await sender.deliveries.retry(id);
      return { status: 202 };
    },
  },
];

function toAttemptDto({
  number,
  endedAt,
  responseStatus,
  durationMs,
  reason,
  responseBody,
}: AttemptRecord): object {
  return {
    number,
    ended_at: toIsoTime(endedAt),
    response_status: responseStatus ?? 0,
    duration_ms: durationMs,
    reason,
    response_text: responseBody,
  };
}
