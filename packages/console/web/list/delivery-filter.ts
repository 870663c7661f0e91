import type { DeliveryDto } from "../../src/api/dto/delivery-dto.ts";

/** Which deliveries: by what became of them, and by webhook. Empty is any. */
export interface DeliveryFilter {
  readonly status: string;
  readonly webhook: string;
}

export const STATUS_FILTERS: readonly (readonly [status: string, name: string])[] = [
  ["", "All"],
  ["pending", "Pending"],
  ["sent", "Delivered"],
  ["failed", "Dead"],
];

/** As it is in the address, and as the API takes it. */
export function toQuery({ status, webhook }: DeliveryFilter): URLSearchParams {
  return new URLSearchParams({ ...(status && { status }), ...(webhook && { webhook }) });
}

/** From the address. An outcome that there is not is any. */
export function parseFilter(query: URLSearchParams): DeliveryFilter {
  const status = query.get("status") ?? "";
  return {
    status: STATUS_FILTERS.some(([option]) => option === status) ? status : "",
    webhook: query.get("webhook") ?? "",
  };
}

export function matchesFilter({ status, webhook }: DeliveryFilter, delivery: DeliveryDto): boolean {
  return (status === "" || delivery.status === status) && (webhook === "" || delivery.webhook === webhook);
}
