import { useRef } from "preact/hooks";
import { Link, navigate } from "../router.tsx";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { type DeliveryFilter, STATUS_FILTERS, toQuery } from "./delivery-filter.ts";

export interface DeliveryFiltersProps {
  readonly filter: DeliveryFilter;
  /** The path of the current page. */
  readonly path: string;
  /** Names of webhooks by id; null on the page of a webhook. */
  readonly webhookNames: ReadonlyMap<string, string> | null;
}

/** Filters of the list, kept in the address so that links and back navigation work. */
export function DeliveryFilters({ filter, path, webhookNames }: DeliveryFiltersProps) {
  const bar = useRef<HTMLDivElement>(null);
  useShortcuts({ f: () => focusFilter(bar.current), "/": () => focusFilter(bar.current) });
  const toPath = (changes: Partial<DeliveryFilter>): string => {
    const next = { ...filter, ...changes };
    const query = toQuery(webhookNames === null ? { ...next, webhook: "" } : next).toString();
    return query === "" ? path : `${path}?${query}`;
  };
  return (
    <div class="filters" ref={bar}>
      <nav class="segments" aria-label="Deliveries by outcome">
        {STATUS_FILTERS.map(([status, name]) => (
          <Link
            key={status}
            to={toPath({ status })}
            isFilter
            {...(status === filter.status ? { "aria-current": "true" as const } : {})}
          >
            {name}
          </Link>
        ))}
      </nav>
      {webhookNames !== null && webhookNames.size > 0 && (
        <label class="filter">
          <span>Webhook</span>
          <select
            value={filter.webhook}
            onChange={({ currentTarget: { value } }) => navigate(toPath({ webhook: value }), "filter")}
          >
            <option value="">All</option>
            {filter.webhook !== "" && !webhookNames.has(filter.webhook) && (
              <option value={filter.webhook}>{filter.webhook}</option>
            )}
            {[...webhookNames].map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

function focusFilter(bar: HTMLElement | null): void {
  bar?.querySelector<HTMLElement>("select, a[aria-current]")?.focus();
}
