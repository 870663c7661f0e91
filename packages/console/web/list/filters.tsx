import { useRef } from "preact/hooks";
import { useKeys } from "../keys/listen.ts";
import { go, Link } from "../router.tsx";
import { type DeliveryFilter, OUTCOMES, queryOf } from "./filter.ts";

export interface FiltersProps {
  readonly filter: DeliveryFilter;
  /** The path of the page that they are on. */
  readonly path: string;
  /** Webhooks to choose from, by id; null where there is one. */
  readonly names: ReadonlyMap<string, string> | null;
}

/** Which deliveries are listed. It is in the address, so that it can be sent to somebody, and gone back from. */
export function Filters({ filter, path, names }: FiltersProps) {
  const bar = useRef<HTMLDivElement>(null);
  useKeys({ f: () => focusIn(bar.current), "/": () => focusIn(bar.current) });
  const toOf = (changes: Partial<DeliveryFilter>): string => {
    const next = { ...filter, ...changes };
    const query = queryOf(names === null ? { ...next, webhook: "" } : next).toString();
    return query === "" ? path : `${path}?${query}`;
  };
  return (
    <div class="filters" ref={bar}>
      <nav class="segments" aria-label="Deliveries by outcome">
        {OUTCOMES.map(([status, name]) => (
          <Link
            key={status}
            to={toOf({ status })}
            isFilter
            {...(status === filter.status ? { "aria-current": "true" as const } : {})}
          >
            {name}
          </Link>
        ))}
      </nav>
      {names !== null && names.size > 0 && (
        <label class="filter">
          <span>Webhook</span>
          <select
            value={filter.webhook}
            onChange={({ currentTarget: { value } }) => go(toOf({ webhook: value }), "filter")}
          >
            <option value="">any</option>
            {filter.webhook !== "" && !names.has(filter.webhook) && (
              <option value={filter.webhook}>{filter.webhook}</option>
            )}
            {[...names].map(([id, name]) => (
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

function focusIn(bar: HTMLElement | null): void {
  bar?.querySelector<HTMLElement>("select, a[aria-current]")?.focus();
}
