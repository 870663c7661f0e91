import { useEffect, useRef, useState } from "preact/hooks";
import type { ShownStats } from "../../src/api/shown-stats.ts";
import { ask } from "../api.ts";
import { onDelivery } from "../live.ts";
import { type Loaded, useLoaded } from "../parts/loaded.tsx";
import { place } from "../router.tsx";

/** What can be looked back at. */
export const SPANS = [
  { since: "1h", name: "1 hour" },
  { since: "24h", name: "24 hours" },
  { since: "7d", name: "7 days" },
] as const;
export type Span = (typeof SPANS)[number];

/** After a delivery it waits so long, so that what the server counted just before is no longer what it answers. */
const SETTLED_MS = 2500;
/** It asks no more often than that, however much happens. */
const APART_MS = 5000;
/** As time goes on, what is shown gets old even if nothing happens. */
const QUIET_MS = 60_000;

/** The span that the address names. */
export function spanNow(): Span {
  const asked = place.value.query.get("since");
  return SPANS.find(({ since }) => since === asked) ?? SPANS[1];
}

/** Stats, and the span that they are of. */
export interface Counted<More> {
  readonly span: Span;
  readonly stats: ShownStats;
  readonly more: More;
}

/** Stats of an account, or of one webhook of it, with what else is asked for beside them; loaded anew as deliveries happen. */
export function useStats<More>(
  webhook: string | null,
  alongside: () => Promise<More>,
): Loaded<Counted<More>> {
  const span = spanNow();
  const query = new URLSearchParams({ since: span.since, ...(webhook !== null && { webhook }) });
  const load = async (): Promise<Counted<More>> => {
    const [stats, more] = await Promise.all([ask<ShownStats>("GET", `/stats?${query}`), alongside()]);
    return { span, stats, more };
  };
  const loaded = useLoaded(`stats?${query}`, load);
  const asked = useRef("");
  asked.current = query.toString();
  useFresh(async () => {
    const before = query.toString();
    const fresh = await load();
    if (asked.current === before) loaded.set(fresh);
  }, webhook);
  return loaded;
}

/** Does it again after deliveries, when somebody comes back to the page, and now and then; never while nobody looks. */
function useFresh(again: () => Promise<void>, webhook: string | null): void {
  const latest = useRef(again);
  latest.current = again;
  const [last] = useState({ at: Date.now() });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const now = (): void => {
      clearTimeout(timer);
      timer = undefined;
      if (document.visibilityState === "hidden") return;
      last.at = Date.now();
      // What is shown stays until there is something newer: the pill says that the connection is lost.
      latest.current().catch(() => {});
    };
    const soon = (): void => {
      timer ??= setTimeout(now, Math.max(SETTLED_MS, last.at + APART_MS - Date.now()));
    };
    const back = (): void => {
      if (Date.now() - last.at > SETTLED_MS) now();
    };
    const leave = onDelivery((delivery) => {
      if (webhook === null || delivery.webhook === webhook) soon();
    });
    const quiet = setInterval(() => {
      if (Date.now() - last.at >= QUIET_MS) now();
    }, QUIET_MS / 4);
    addEventListener("focus", back);
    document.addEventListener("visibilitychange", back);
    return () => {
      leave();
      clearTimeout(timer);
      clearInterval(quiet);
      removeEventListener("focus", back);
      document.removeEventListener("visibilitychange", back);
    };
  }, [webhook, last]);
}
