import type { DeliveryDto } from "../../src/api/dto/delivery-dto.ts";
import type { StatsSliceDto } from "../../src/api/dto/stats-dto.ts";

export type Outcome = "delivered" | "waiting" | "retrying" | "dead";

/** In the order of the stacked bars, bottom first. `status` filters the list that a count links to. */
export const OUTCOMES: readonly {
  readonly outcome: Outcome;
  /** Class of the colour, see styles/page.css. */
  readonly name: "ok" | "wait" | "warn" | "dead";
  readonly shape: string;
  readonly word: string;
  readonly status: DeliveryDto["status"];
}[] = [
  { outcome: "delivered", name: "ok", shape: "✓", word: "delivered", status: "delivered" },
  { outcome: "waiting", name: "wait", shape: "○", word: "waiting", status: "pending" },
  { outcome: "retrying", name: "warn", shape: "◐", word: "retrying", status: "pending" },
  { outcome: "dead", name: "dead", shape: "✕", word: "dead", status: "dead" },
];

export function countDeliveries({
  delivered,
  waiting,
  retrying,
  dead,
}: Pick<StatsSliceDto, Outcome>): number {
  return delivered + waiting + retrying + dead;
}

/** The path of the deliveries behind a count. */
export function toDeliveriesPath(status: string, webhook: string | null): string {
  const query = new URLSearchParams({ ...(status && { status }), ...(webhook !== null && { webhook }) });
  return `deliveries${query.size === 0 ? "" : `?${query}`}`;
}
