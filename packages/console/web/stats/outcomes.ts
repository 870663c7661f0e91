import type { StatsSliceDto } from "../../src/api/dto/stats-dto.ts";

/** What a delivery can have come to. */
export type Outcome = "sent" | "waiting" | "retrying" | "failed";

/** As they lie upon each other in a bar, from below; and what the list behind each is filtered by. */
export const OUTCOMES: readonly {
  readonly outcome: Outcome;
  /** Of the colour, see styles/page.css. */
  readonly name: "ok" | "wait" | "warn" | "dead";
  readonly shape: string;
  readonly word: string;
  readonly status: "sent" | "pending" | "failed";
}[] = [
  { outcome: "sent", name: "ok", shape: "✓", word: "delivered", status: "sent" },
  { outcome: "waiting", name: "wait", shape: "○", word: "waiting", status: "pending" },
  { outcome: "retrying", name: "warn", shape: "◐", word: "retrying", status: "pending" },
  { outcome: "failed", name: "dead", shape: "✕", word: "dead", status: "failed" },
];

export function countDeliveries({ delivered, waiting, retrying, dead }: Pick<StatsSliceDto, Outcome>): number {
  return delivered + waiting + retrying + dead;
}

/** The path of the deliveries that a number counts. */
export function toDeliveriesPath(status: string, webhook: string | null): string {
  const query = new URLSearchParams({ ...(status && { status }), ...(webhook !== null && { webhook }) });
  return `deliveries${query.size === 0 ? "" : `?${query}`}`;
}
