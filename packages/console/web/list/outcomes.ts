import { useEffect } from "preact/hooks";
import { announce } from "../parts/announced.tsx";
import type { DeliveryRows } from "./delivery-rows.ts";

/** Says what became of deliveries in a list, some at a time, and how many are new. */
export function useOutcomes(rows: DeliveryRows): void {
  useEffect(() => {
    const ended = { sent: new Set<string>(), failed: new Set<string>() };
    let told = rows.fresh.size;
    const text = (): string => {
      const { sent, failed } = ended;
      const isMore = rows.fresh.size > told;
      told = rows.fresh.size;
      const parts = [
        isMore && `${rows.fresh.size} new`,
        sent.size > 0 && `${sent.size} delivered`,
        failed.size > 0 && `${failed.size} dead`,
      ].filter((part) => part !== false);
      sent.clear();
      failed.clear();
      return parts.length === 0 ? "" : `${parts.join(", ")}.`;
    };
    return rows.watch((now) => {
      for (const { heron_id, status } of now) if (status !== "pending") ended[status].add(heron_id);
      if (now.length > 0 || rows.fresh.size > told) announce(text);
      // Those that were new are there, once the list begins anew.
      told = Math.min(told, rows.fresh.size);
    });
  }, [rows]);
}
