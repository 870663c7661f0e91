import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { StaleNotice } from "../parts/connection-status.tsx";
import { LoadError, Skeleton, toApiError } from "../parts/resource.tsx";
import { navigate, takeScrollRestoration } from "../router.tsx";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { type DeliveryFilter, toQuery } from "./delivery-filter.ts";
import { DeliveryRow } from "./delivery-row.tsx";
import type { DeliveryRows } from "./delivery-rows.ts";
import { EmptyDeliveryList } from "./empty-delivery-list.tsx";
import { findTargetRow, getScrollDelta } from "./list-navigation.ts";
import { NewRowsButton } from "./new-rows-button.tsx";
import { getRows } from "./rows-cache.ts";
import { useOutcomeAnnouncements } from "./use-outcome-announcements.ts";
import { useVirtualRows } from "./use-virtual-rows.ts";

/** Refreshes visible pending rows, which the stream may not cover. */
const REFRESH_INTERVAL_MS = 10_000;

export interface DeliveryListProps {
  readonly filter: DeliveryFilter;
  /** Names of webhooks by id; null on the page of a webhook. */
  readonly webhookNames: ReadonlyMap<string, string> | null;
  /** Path of the list without filters. */
  readonly allPath: string;
}

/** A virtual list of deliveries, newest first. */
export function DeliveryList(props: DeliveryListProps) {
  return <VirtualDeliveryList key={toQuery(props.filter).toString()} {...props} />;
}

function VirtualDeliveryList({ filter, webhookNames, allPath }: DeliveryListProps) {
  const rows = useDeliveryRows(filter);
  const list = useRef<HTMLDivElement>(null);
  const rowMeasure = useRef<HTMLElement>(null);
  const count = rows.rows.length;
  const { range, rowHeight, getViewport } = useVirtualRows(list, rowMeasure, count);
  const first = Math.min(range.first, count);
  const visible = rows.rows.slice(first, range.end);
  useOutcomeAnnouncements(rows);
  useScrollRestoration(rows, list, rowHeight);
  useEffect(() => {
    if (range.end > count - 20) void rows.loadMore();
  }, [range.end, count, rows]);
  usePendingRefresh(rows, () => [range.first, range.end]);

  const setActive = (index: number): void => {
    rows.active = rows.rows[index]?.heron_id ?? null;
    rows.notify();
    scrollBy({ top: getScrollDelta(index, getViewport()), behavior: "instant" });
  };
  const moveActive = (key: string): boolean => {
    const target = findTargetRow(key, rows.indexOf(rows.active), getViewport());
    if (target === null) return false;
    list.current?.focus({ preventScroll: true });
    setActive(target);
    return true;
  };
  const showNew = (): void => {
    void rows.reload().then(() => {
      list.current?.focus({ preventScroll: true });
      if (rows.rows.length > 0) setActive(0);
    });
  };
  useShortcuts({
    j: () => moveActive("ArrowDown"),
    k: () => moveActive("ArrowUp"),
    ".": () => rows.newIds.size > 0 && showNew(),
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && rows.active !== null) navigate(`deliveries/${rows.active}`);
    else if (!moveActive(event.key)) return;
    event.preventDefault();
  };
  const isActiveVisible = visible.some(({ heron_id }) => heron_id === rows.active);
  return (
    <div class="deliveries">
      <i class="row-measure" ref={rowMeasure} aria-hidden="true" />
      <NewRowsButton count={rows.newIds.size} onShow={showNew} />
      <StaleNotice />
      {rows.failure !== null && count === 0 ? (
        <LoadError
          name="list of deliveries"
          failure={toApiError(rows.failure)}
          onRetry={() => void rows.reload()}
        />
      ) : rows.isComplete === undefined ? (
        <Skeleton rows={8} kind="row" />
      ) : count === 0 ? (
        <EmptyDeliveryList filter={filter} allPath={allPath} />
      ) : (
        <>
          <div
            ref={list}
            class="listbox"
            role="listbox"
            aria-label="Deliveries, newest first"
            tabIndex={0}
            {...(isActiveVisible ? { "aria-activedescendant": rows.active ?? "" } : {})}
            style={{ height: `${count * rowHeight}px` }}
            onKeyDown={onKeyDown}
          >
            <div class="visible-rows" role="none" style={{ transform: `translateY(${first * rowHeight}px)` }}>
              {visible.map((delivery, i) => (
                <DeliveryRow
                  key={delivery.heron_id}
                  delivery={delivery}
                  index={first + i}
                  size={rows.isComplete === true ? count : -1}
                  isActive={delivery.heron_id === rows.active}
                  webhookName={webhookNames === null ? null : (webhookNames.get(delivery.webhook) ?? "")}
                  onSelect={() => {
                    rows.active = delivery.heron_id;
                  }}
                />
              ))}
            </div>
          </div>
          <ListFooter rows={rows} />
        </>
      )}
    </div>
  );
}

/** Below the rows: a placeholder, an error or the end of the list. */
function ListFooter({ rows }: { readonly rows: DeliveryRows }) {
  if (rows.failure !== null)
    return (
      <LoadError
        name="next deliveries"
        failure={toApiError(rows.failure)}
        onRetry={() => void rows.loadMore()}
      />
    );
  if (rows.isComplete !== true) return <Skeleton rows={4} kind="row" />;
  return rows.rows.length < 20 ? null : <p class="hint end">End of history.</p>;
}

function useDeliveryRows(filter: DeliveryFilter): DeliveryRows {
  const [rows] = useState(() => getRows(filter));
  const [, setVersion] = useState(0);
  useLayoutEffect(() => rows.subscribe(() => setVersion((version) => version + 1)), [rows]);
  useEffect(() => {
    if (rows.isComplete === undefined) void rows.reload();
    else rows.catchUp().catch(() => undefined);
  }, [rows]);
  return rows;
}

/** Saves the scroll position and restores it after back navigation. */
function useScrollRestoration(
  rows: DeliveryRows,
  list: { readonly current: HTMLElement | null },
  rowHeight: number,
): void {
  const isRestored = useRef(false);
  useLayoutEffect(() => {
    if (rowHeight === 0 || isRestored.current || list.current === null) return;
    isRestored.current = true;
    if (!takeScrollRestoration()) return;
    scrollTo(0, rows.scrollTop);
    if (rows.active !== null) list.current.focus({ preventScroll: true });
  });
  useEffect(() => {
    const saveScroll = (): void => {
      if (list.current !== null) rows.scrollTop = scrollY;
    };
    addEventListener("scroll", saveScroll, { passive: true });
    return () => removeEventListener("scroll", saveScroll);
  }, [rows]);
}

/** Refreshes the visible rows while some of them are pending. */
function usePendingRefresh(rows: DeliveryRows, getRange: () => readonly [number, number]): void {
  const latestGetRange = useRef(getRange);
  latestGetRange.current = getRange;
  useEffect(() => {
    const timer = setInterval(() => {
      const [first, end] = latestGetRange.current();
      const hasPending = rows.rows.slice(first, end).some(({ status }) => status === "pending");
      if (hasPending && document.visibilityState === "visible")
        rows.refresh(first, end).catch(() => undefined);
    }, REFRESH_INTERVAL_MS);
    return () => clearInterval(timer);
  }, [rows]);
}
