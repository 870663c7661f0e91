import { basePath } from "../base.ts";
import { navigate, currentRoute } from "../router.tsx";
import { TIME_RANGES, type TimeRange, getTimeRange } from "./use-stats.ts";

/** Time range one looks, in the address. */
export function TimeRangeSwitch() {
  const now = getTimeRange();
  return (
    <nav class="segments spans" aria-label="Time range">
      {TIME_RANGES.map((span) => (
        <TimeRangeLink key={span.since} span={span} isCurrent={span === now} />
      ))}
    </nav>
  );
}

/** A link that leaves one where one looks, as it changes what is there and goes nowhere. */
function TimeRangeLink({ span, isCurrent }: { readonly span: TimeRange; readonly isCurrent: boolean }) {
  const { path, query } = currentRoute.value;
  const nextQuery = new URLSearchParams(query);
  nextQuery.set("since", span.since);
  const to = `${path.slice(1)}?${nextQuery}`;
  const select = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(to, "replace");
  };
  return (
    <a href={basePath + to} onClick={select} {...(isCurrent && { "aria-current": "page" as const })}>
      {span.name}
    </a>
  );
}
