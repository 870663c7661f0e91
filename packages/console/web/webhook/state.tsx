import type { Webhook } from "../api.ts";
import { When } from "../parts/when.tsx";

/** Why it gets nothing, or will not for long; null if all is well. */
export function stateOf({ is_enabled, disabled_by, failing_since }: Webhook) {
  const who = {
    owner: "Disabled",
    gone: "Disabled: it answered 410 Gone",
    failing: "Disabled: it failed for days",
  } as const;
  if (!is_enabled) return <span class="mark gate">{who[disabled_by ?? "owner"]}</span>;
  if (failing_since === null) return null;
  return (
    <span class="mark dead">
      Failing, since <When at={failing_since} />
    </span>
  );
}
