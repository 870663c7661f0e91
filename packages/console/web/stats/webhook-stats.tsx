import { Show } from "../parts/loaded.tsx";
import { Charts } from "./charts.tsx";
import { SpanSwitch } from "./span-switch.tsx";
import { spanNow, useStats } from "./use-stats.ts";

const nothing = async (): Promise<null> => null;

/** How it went with one webhook. */
export function WebhookStats({ webhook }: { readonly webhook: string }) {
  const loaded = useStats(webhook, nothing);
  return (
    <section aria-label="How it is going">
      <SpanSwitch />
      <Show of={loaded} what="charts">
        {(counted) => (
          <div class={counted.span === spanNow() ? "" : "stale"}>
            <Charts counted={counted} webhook={webhook} />
          </div>
        )}
      </Show>
    </section>
  );
}
