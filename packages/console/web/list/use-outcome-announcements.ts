import { useEffect } from "preact/hooks";
import { announce } from "../parts/announcer.tsx";
import type { DeliveryRows } from "./delivery-rows.ts";

/** Says what became of deliveries in a list, some at a time, and how many are new. */
export function useOutcomeAnnouncements(rows: DeliveryRows): void {
  useEffect(() => {
    const ended = { sent: new Set<string>(), failed: new Set<string>() };
    let announcedCount = rows.newIds.size;
    const text = (): string => {
      const { sent, failed } = ended;
      const hasMore = rows.newIds.size > announcedCount;
      announcedCount = rows.newIds.size;
      const parts = [
        hasMore && `${rows.newIds.size} new`,
        sent.size > 0 && `${sent.size} delivered`,
        failed.size > 0 && `${failed.size} dead`,
      ].filter((part) => part !== false);
      sent.clear();
      failed.clear();
      return parts.length === 0 ? "" : `${parts.join(", ")}.`;
    };
    return rows.subscribe((changed) => {
      for (const { heron_id, status } of changed) if (status !== "pending") ended[status].add(heron_id);
      if (changed.length > 0 || rows.newIds.size > announcedCount) announce(text);
      // Those that were new are there, once the list begins anew.
      announcedCount = Math.min(announcedCount, rows.newIds.size);
    });
  }, [rows]);
}
