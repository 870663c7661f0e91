import type { Webhook } from "../api.ts";
import { RelativeTime } from "../parts/relative-time.tsx";

/** Why it gets nothing, or will not for long; null if all is well. */
export function renderWebhookStatus({ is_enabled, disabled_by, failing_since }: Webhook) {
  const labels = {
    owner: "Disabled",
    gone: "Disabled: 410 Gone",
    failing: "Disabled after repeated failures",
  } as const;
  if (!is_enabled) return <span class="mark gate">{labels[disabled_by ?? "owner"]}</span>;
  if (failing_since === null) return null;
  return (
    <span class="mark dead">
      Failing, since <RelativeTime at={failing_since} />
    </span>
  );
}
