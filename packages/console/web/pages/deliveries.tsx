import { DeliveryList } from "../list/delivery-list.tsx";
import { filterIn } from "../list/filter.ts";
import { Filters } from "../list/filters.tsx";
import { Heading } from "../parts/heading.tsx";
import { useLoaded } from "../parts/loaded.tsx";
import { place } from "../router.tsx";
import { allWebhooks } from "../webhook/all-webhooks.ts";
import { nameOf } from "../webhook/name.ts";

/** What became of events, as it happens. */
export function Deliveries() {
  const filter = filterIn(place.value.query);
  const webhooks = useLoaded("webhooks", allWebhooks);
  const names = new Map((webhooks.value ?? []).map((webhook) => [webhook.heron_id, nameOf(webhook)]));
  return (
    <>
      <header class="head">
        <Heading title="Deliveries" />
      </header>
      <Filters filter={filter} path="deliveries" names={names} />
      <DeliveryList filter={filter} names={names} all="deliveries" />
    </>
  );
}
