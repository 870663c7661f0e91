import { useEffect } from "preact/hooks";
import { announce } from "../parts/announcer.tsx";
import type { DeliveryRows } from "./delivery-rows.ts";

/** Announces finished and new deliveries to screen readers, in batches. */
export function useOutcomeAnnouncements(rows: DeliveryRows): void {
  useEffect(() => {
    const ended = { delivered: new Set<string>(), dead: new Set<string>() };
    let announcedCount = rows.newIds.size;
    const text = (): string => {
      const { delivered, dead } = ended;
      const hasMore = rows.newIds.size > announcedCount;
      announcedCount = rows.newIds.size;
      const parts = [
        hasMore && `${rows.newIds.size} new`,
        delivered.size > 0 && `${delivered.size} delivered`,
        dead.size > 0 && `${dead.size} dead`,
      ].filter((part) => part !== false);
      delivered.clear();
      dead.clear();
      return parts.length === 0 ? "" : `${parts.join(", ")}.`;
    };
    return rows.subscribe((changed) => {
      for (const { heron_id, status } of changed) if (status !== "pending") ended[status].add(heron_id);
      if (changed.length > 0 || rows.newIds.size > announcedCount) announce(text);
      // A reload moves new deliveries into the list.
      announcedCount = Math.min(announcedCount, rows.newIds.size);
    });
  }, [rows]);
}
