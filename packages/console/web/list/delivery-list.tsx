import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "../keys/listen.ts";
import { AsOf } from "../parts/connection.tsx";
import { Failed, refusalOf, Skeleton } from "../parts/loaded.tsx";
import { go, takeReturn } from "../router.tsx";
import type { DeliveryRows } from "./delivery-rows.ts";
import { type DeliveryFilter, queryOf } from "./filter.ts";
import { rowsOf } from "./kept-rows.ts";
import { rowAfter, scrollFor } from "./list-keys.ts";
import { NewRows } from "./new-rows.tsx";
import { NoDeliveries } from "./no-deliveries.tsx";
import { useOutcomes } from "./outcomes.ts";
import { Row } from "./row.tsx";
import { useWindow } from "./use-window.ts";

/** Rows that wait are looked after so often, in milliseconds, where the stream may not reach them. */
const EVERY = 10_000;

export interface DeliveryListProps {
  readonly filter: DeliveryFilter;
  /** Names of webhooks, by id; null where all are of one. */
  readonly names: ReadonlyMap<string, string> | null;
  /** Where all of them are shown. */
  readonly all: string;
}

/** Deliveries, the newest first: however many, only those that are seen are in the document. */
export function DeliveryList(props: DeliveryListProps) {
  return <List key={queryOf(props.filter).toString()} {...props} />;
}

function List({ filter, names, all }: DeliveryListProps) {
  const rows = useRows(filter);
  const list = useRef<HTMLDivElement>(null);
  const measure = useRef<HTMLElement>(null);
  const count = rows.rows.length;
  const { band, row, view } = useWindow(list, measure, count);
  const first = Math.min(band.first, count);
  const shown = rows.rows.slice(first, band.end);
  useOutcomes(rows);
  useKept(rows, list, row);
  useEffect(() => {
    if (band.end > count - 20) void rows.more();
  }, [band.end, count, rows]);
  useUpToDate(rows, () => [band.first, band.end]);

  const activate = (index: number): void => {
    rows.active = rows.rows[index]?.heron_id ?? null;
    rows.touch();
    scrollBy({ top: scrollFor(index, view()), behavior: "instant" });
  };
  const press = (key: string): boolean => {
    const to = rowAfter(key, rows.placeOf(rows.active), view());
    if (to === null) return false;
    list.current?.focus({ preventScroll: true });
    activate(to);
    return true;
  };
  const showNew = (): void => {
    void rows.start().then(() => {
      list.current?.focus({ preventScroll: true });
      if (rows.rows.length > 0) activate(0);
    });
  };
  useKeys({
    j: () => press("ArrowDown"),
    k: () => press("ArrowUp"),
    ".": () => rows.fresh.size > 0 && showNew(),
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && rows.active !== null) go(`deliveries/${rows.active}`);
    else if (!press(event.key)) return;
    event.preventDefault();
  };
  const isActiveShown = shown.some(({ heron_id }) => heron_id === rows.active);
  return (
    <div class="deliveries">
      <i class="row-measure" ref={measure} aria-hidden="true" />
      <NewRows count={rows.fresh.size} show={showNew} />
      <AsOf />
      {rows.failure !== null && count === 0 ? (
        <Failed what="list of deliveries" failure={refusalOf(rows.failure)} retry={() => void rows.start()} />
      ) : rows.isAll === undefined ? (
        <Skeleton rows={8} kind="row" />
      ) : count === 0 ? (
        <NoDeliveries filter={filter} all={all} />
      ) : (
        <>
          <div
            ref={list}
            class="listbox"
            role="listbox"
            aria-label="Deliveries, the newest first"
            tabIndex={0}
            {...(isActiveShown ? { "aria-activedescendant": rows.active ?? "" } : {})}
            style={{ height: `${count * row}px` }}
            onKeyDown={onKeyDown}
          >
            <div class="band" role="none" style={{ transform: `translateY(${first * row}px)` }}>
              {shown.map((delivery, i) => (
                <Row
                  key={delivery.heron_id}
                  delivery={delivery}
                  index={first + i}
                  size={rows.isAll === true ? count : -1}
                  isActive={delivery.heron_id === rows.active}
                  webhook={names === null ? null : (names.get(delivery.webhook) ?? "")}
                  chosen={() => {
                    rows.active = delivery.heron_id;
                  }}
                />
              ))}
            </div>
          </div>
          <Foot rows={rows} />
        </>
      )}
    </div>
  );
}

/** What is below the rows that are there: others on their way, why they are not, or that these are all. */
function Foot({ rows }: { readonly rows: DeliveryRows }) {
  if (rows.failure !== null)
    return <Failed what="next deliveries" failure={refusalOf(rows.failure)} retry={() => void rows.more()} />;
  if (rows.isAll !== true) return <Skeleton rows={4} kind="row" />;
  return rows.rows.length < 20 ? null : <p class="hint end">These are all that are kept.</p>;
}

/** The rows of a filter, as they change. */
function useRows(filter: DeliveryFilter): DeliveryRows {
  const [rows] = useState(() => rowsOf(filter));
  const [, setTurn] = useState(0);
  useLayoutEffect(() => rows.watch(() => setTurn((turn) => turn + 1)), [rows]);
  useEffect(() => {
    if (rows.isAll === undefined) void rows.start();
    else rows.catchUp().catch(() => undefined);
  }, [rows]);
  return rows;
}

/** Keeps how far it is scrolled, and takes that up again for who comes back. */
function useKept(rows: DeliveryRows, list: { readonly current: HTMLElement | null }, row: number): void {
  const isRestored = useRef(false);
  useLayoutEffect(() => {
    if (row === 0 || isRestored.current || list.current === null) return;
    isRestored.current = true;
    if (!takeReturn()) return;
    scrollTo(0, rows.scrolled);
    if (rows.active !== null) list.current.focus({ preventScroll: true });
  });
  useEffect(() => {
    const keep = (): void => {
      if (list.current !== null) rows.scrolled = scrollY;
    };
    addEventListener("scroll", keep, { passive: true });
    return () => removeEventListener("scroll", keep);
  }, [rows]);
}

/** Brings rows that are seen up to date, where some of them wait. */
function useUpToDate(rows: DeliveryRows, band: () => readonly [number, number]): void {
  const now = useRef(band);
  now.current = band;
  useEffect(() => {
    const timer = setInterval(() => {
      const [first, end] = now.current();
      const waits = rows.rows.slice(first, end).some(({ status }) => status === "pending");
      if (waits && document.visibilityState === "visible") rows.refresh(first, end).catch(() => undefined);
    }, EVERY);
    return () => clearInterval(timer);
  }, [rows]);
}
