import { parseFilter } from "../list/delivery-filter.ts";
import { DeliveryFilters } from "../list/delivery-filters.tsx";
import { DeliveryList } from "../list/delivery-list.tsx";
import { Heading } from "../parts/heading.tsx";
import { useResource } from "../parts/resource.tsx";
import { currentRoute } from "../router.tsx";
import { loadAllWebhooks } from "../webhook/load-webhooks.ts";
import { getWebhookName } from "../webhook/webhook-name.ts";

/** The live list of deliveries. */
export function DeliveriesPage() {
  const filter = parseFilter(currentRoute.value.query);
  const webhooks = useResource("webhooks", loadAllWebhooks);
  const names = new Map((webhooks.value ?? []).map((webhook) => [webhook.heron_id, getWebhookName(webhook)]));
  return (
    <>
      <header class="head">
        <Heading title="Deliveries" />
      </header>
      <DeliveryFilters filter={filter} path="deliveries" webhookNames={names} />
      <DeliveryList filter={filter} webhookNames={names} allPath="deliveries" />
    </>
  );
}
