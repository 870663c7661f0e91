import { useEffect, useRef, useState } from "preact/hooks";
import type { StatsDto } from "../../src/api/dto/stats-dto.ts";
import { callApi } from "../api.ts";
import { onDelivery } from "../live.ts";
import { type Resource, useResource } from "../parts/resource.tsx";
import { currentRoute } from "../router.tsx";

export const TIME_RANGES = [
  { since: "1h", name: "1 hour" },
  { since: "24h", name: "24 hours" },
  { since: "7d", name: "7 days" },
] as const;
export type TimeRange = (typeof TIME_RANGES)[number];

/** Longer than the server caches statistics, so that a refresh includes the delivery that caused it. */
const SERVER_CACHE_MS = 2500;
const MIN_REFRESH_INTERVAL_MS = 5000;
const IDLE_REFRESH_INTERVAL_MS = 60_000;

/** The time range in the address. */
export function getTimeRange(): TimeRange {
  const requestedRange = currentRoute.value.query.get("since");
  return TIME_RANGES.find(({ since }) => since === requestedRange) ?? TIME_RANGES[1];
}

export interface StatsResult<More> {
  readonly range: TimeRange;
  readonly stats: StatsDto;
  readonly extra: More;
}

/** Loads statistics of the account or a webhook, with extra data, and refreshes them after deliveries. */
export function useStats<More>(
  webhook: string | null,
  loadExtra: () => Promise<More>,
): Resource<StatsResult<More>> {
  const range = getTimeRange();
  const query = new URLSearchParams({ since: range.since, ...(webhook !== null && { webhook }) });
  const load = async (): Promise<StatsResult<More>> => {
    const [stats, extra] = await Promise.all([callApi<StatsDto>("GET", `/stats?${query}`), loadExtra()]);
    return { range, stats, extra };
  };
  const loaded = useResource(`stats?${query}`, load);
  const latestQuery = useRef("");
  latestQuery.current = query.toString();
  useAutoRefresh(async () => {
    const requestedQuery = query.toString();
    const refreshed = await load();
    if (latestQuery.current === requestedQuery) loaded.set(refreshed);
  }, webhook);
  return loaded;
}

/** Refreshes after deliveries, on focus and periodically, but never while the page is hidden. */
function useAutoRefresh(refresh: () => Promise<void>, webhook: string | null): void {
  const latest = useRef(refresh);
  latest.current = refresh;
  const [lastRefresh] = useState({ at: Date.now() });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refreshNow = (): void => {
      clearTimeout(timer);
      timer = undefined;
      if (document.visibilityState === "hidden") return;
      lastRefresh.at = Date.now();
      // Keep the old statistics; the connection status shows the problem.
      latest.current().catch(() => {});
    };
    const scheduleRefresh = (): void => {
      timer ??= setTimeout(
        refreshNow,
        Math.max(SERVER_CACHE_MS, lastRefresh.at + MIN_REFRESH_INTERVAL_MS - Date.now()),
      );
    };
    const onFocus = (): void => {
      if (Date.now() - lastRefresh.at > SERVER_CACHE_MS) refreshNow();
    };
    const unsubscribe = onDelivery((delivery) => {
      if (webhook === null || delivery.webhook === webhook) scheduleRefresh();
    });
    const idleTimer = setInterval(() => {
      if (Date.now() - lastRefresh.at >= IDLE_REFRESH_INTERVAL_MS) refreshNow();
    }, IDLE_REFRESH_INTERVAL_MS / 4);
    addEventListener("focus", onFocus);
    document.addEventListener("visibilitychange", onFocus);
    return () => {
      unsubscribe();
      clearTimeout(timer);
      clearInterval(idleTimer);
      removeEventListener("focus", onFocus);
      document.removeEventListener("visibilitychange", onFocus);
    };
  }, [webhook, lastRefresh]);
}
