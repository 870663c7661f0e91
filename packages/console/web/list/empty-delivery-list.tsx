import { Link } from "../router.tsx";
import { type DeliveryFilter, STATUS_FILTERS } from "./delivery-filter.ts";

/** A list with nothing in it: because there is nothing yet, or because nothing is like that. */
export function EmptyDeliveryList({
  filter: { status, webhook },
  all: allPath,
}: {
  readonly filter: DeliveryFilter;
  readonly all: string;
}) {
  const outcome = STATUS_FILTERS.find(([option]) => option === status)?.[1].toLowerCase();
  const isSingleWebhook = !allPath.startsWith("deliveries");
  if (status === "" && (webhook === "" || isSingleWebhook))
    return (
      <div class="card empty">
        <h2>No deliveries yet</h2>
        <p>
          {isSingleWebhook
            ? "When an event happens that this webhook wants, what became of it is shown here. A test shows at once whether its address answers, and is not listed here."
            : "Deliveries appear here once an event matches a webhook."}
        </p>
        {!isSingleWebhook && <Link to="webhooks">View webhooks</Link>}
      </div>
    );
  return (
    <div class="card empty">
      <h2>No matching deliveries</h2>
      <p>
        There is no delivery now that is{" "}
        {outcome === undefined || status === "" ? "of this webhook" : `“${outcome}”`}
        {status !== "" && webhook !== "" && !isSingleWebhook && " and of this webhook"}.
      </p>
      <Link to={allPath} class="button" isFilter>
        Show all
      </Link>
    </div>
  );
}
