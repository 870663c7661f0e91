import { basePath } from "../base.ts";
import { currentRoute, navigate } from "../router.tsx";
import { getTimeRange, TIME_RANGES, type TimeRange } from "./use-stats.ts";

/** Selects the time range, which is kept in the address. */
export function TimeRangeSwitch() {
  const current = getTimeRange();
  return (
    <nav class="segments spans" aria-label="Time range">
      {TIME_RANGES.map((range) => (
        <TimeRangeLink key={range.since} range={range} isCurrent={range === current} />
      ))}
    </nav>
  );
}

/** A link that replaces the history entry and keeps focus and scroll position. */
function TimeRangeLink({ range, isCurrent }: { readonly range: TimeRange; readonly isCurrent: boolean }) {
  const { path, query } = currentRoute.value;
  const nextQuery = new URLSearchParams(query);
  nextQuery.set("since", range.since);
  const to = `${path.slice(1)}?${nextQuery}`;
  const select = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(to, "replace");
  };
  return (
    <a href={basePath + to} onClick={select} {...(isCurrent && { "aria-current": "page" as const })}>
      {range.name}
    </a>
  );
}
