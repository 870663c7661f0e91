import { base } from "../base.ts";
import { go, place } from "../router.tsx";
import { SPANS, type Span, spanNow } from "./use-stats.ts";

/** How far back one looks, in the address. */
export function SpanSwitch() {
  const now = spanNow();
  return (
    <nav class="segments spans" aria-label="How far back">
      {SPANS.map((span) => (
        <Choice key={span.since} span={span} isCurrent={span === now} />
      ))}
    </nav>
  );
}

/** A link that leaves one where one looks, as it changes what is there and goes nowhere. */
function Choice({ span, isCurrent }: { readonly span: Span; readonly isCurrent: boolean }) {
  const { path, query } = place.value;
  const then = new URLSearchParams(query);
  then.set("since", span.since);
  const to = `${path.slice(1)}?${then}`;
  const choose = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to, "replace");
  };
  return (
    <a href={base + to} onClick={choose} {...(isCurrent && { "aria-current": "page" as const })}>
      {span.name}
    </a>
  );
}
