import { Link } from "../router.tsx";
import type { DeliveryFilter } from "./delivery-filter.ts";

/** Shown without deliveries, or without deliveries that match the filters. */
export function EmptyDeliveryList({
  filter: { status, webhook },
  allPath,
}: {
  readonly filter: DeliveryFilter;
  readonly allPath: string;
}) {
  const isSingleWebhook = !allPath.startsWith("deliveries");
  if (status === "" && (webhook === "" || isSingleWebhook))
    return (
      <div class="card empty">
        <h2>No deliveries yet</h2>
        <p>
          {isSingleWebhook
            ? "Deliveries appear here once an event matches this webhook. Test events are not listed."
            : "Deliveries appear here once an event matches a webhook."}
        </p>
        {!isSingleWebhook && <Link to="webhooks">View webhooks</Link>}
      </div>
    );
  return (
    <div class="card empty">
      <h2>No matching deliveries</h2>
      <p>No deliveries with these filters.</p>
      <Link to={allPath} class="button" isFilter>
        Show all
      </Link>
    </div>
  );
}
