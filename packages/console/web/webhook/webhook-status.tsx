import type { Webhook } from "../api.ts";
import { ElapsedTime } from "../parts/relative-time.tsx";

/** The problem of a webhook; null if it is healthy. */
export function renderWebhookStatus({ is_enabled, disabled_by, failing_since }: Webhook) {
  const labels = {
    owner: "Disabled",
    gone: "Disabled: 410 Gone",
    failing: "Disabled after repeated failures",
  } as const;
  if (!is_enabled) return <span class="mark paused">{labels[disabled_by ?? "owner"]}</span>;
  if (failing_since === null) return null;
  return (
    <span class="mark dead">
      Failing for <ElapsedTime since={failing_since} />
    </span>
  );
}
