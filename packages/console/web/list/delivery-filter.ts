import type { DeliveryDto } from "../../src/api/dto/delivery-dto.ts";

/** Filters deliveries by status and webhook. An empty string matches all. */
export interface DeliveryFilter {
  readonly status: string;
  readonly webhook: string;
}

export const STATUS_FILTERS: readonly (readonly [status: string, name: string])[] = [
  ["", "All"],
  ["pending", "Pending"],
  ["delivered", "Delivered"],
  ["dead", "Dead"],
];

/** The query of the address and of the API. */
export function toQuery({ status, webhook }: DeliveryFilter): URLSearchParams {
  return new URLSearchParams({ ...(status && { status }), ...(webhook && { webhook }) });
}

/** Parses the address. Ignores an unknown status. */
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
