import type { ShownDelivery } from "../../src/api/shown-delivery.ts";

/** Which deliveries: by what became of them, and by webhook. Empty is any. */
export interface DeliveryFilter {
  readonly status: string;
  readonly webhook: string;
}

export const OUTCOMES: readonly (readonly [status: string, name: string])[] = [
  ["", "All"],
  ["pending", "Pending"],
  ["sent", "Delivered"],
  ["failed", "Dead"],
];

/** As it is in the address, and as the API takes it. */
export function queryOf({ status, webhook }: DeliveryFilter): URLSearchParams {
  return new URLSearchParams({ ...(status && { status }), ...(webhook && { webhook }) });
}

/** From the address. An outcome that there is not is any. */
export function filterIn(query: URLSearchParams): DeliveryFilter {
  const status = query.get("status") ?? "";
  return {
    status: OUTCOMES.some(([one]) => one === status) ? status : "",
    webhook: query.get("webhook") ?? "",
  };
}

export function fits({ status, webhook }: DeliveryFilter, delivery: ShownDelivery): boolean {
  return (status === "" || delivery.status === status) && (webhook === "" || delivery.webhook === webhook);
}
