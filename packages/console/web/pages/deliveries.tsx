import { useEffect, useState } from "preact/hooks";
import { ask, type Delivery } from "../api.ts";
import { onDelivery } from "../live.ts";
import { Show, useLoaded } from "../parts/loaded.tsx";
import { Mark, many } from "../parts/mark.tsx";
import { When } from "../parts/when.tsx";
import { go, Link, place } from "../router.tsx";

interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly next_cursor: string | null;
}

const FILTERS = [
  ["", "All"],
  ["pending", "Waiting"],
  ["sent", "Delivered"],
  ["failed", "Dead"],
] as const;

/** What became of events, as it happens. */
export function Deliveries() {
  const status = place.value.query.get("status") ?? "";
  return (
    <>
      <header class="head">
        <h1>Deliveries</h1>
      </header>
      <nav class="segments" aria-label="Which deliveries">
        {FILTERS.map(([value, name]) => (
          <Link
            key={value}
            to={`deliveries${value === "" ? "" : `?status=${value}`}`}
            {...(value === status ? { "aria-current": "page" as const } : {})}
          >
            {name}
          </Link>
        ))}
      </nav>
      <DeliveryList status={status} webhook={place.value.query.get("webhook") ?? ""} />
    </>
  );
}

/** Deliveries, the newest first. Those that come meanwhile are counted, and shown when they are asked for. */
export function DeliveryList({
  status = "",
  webhook = "",
}: {
  readonly status?: string;
  readonly webhook?: string;
}) {
  const query = new URLSearchParams({ limit: "100", ...(status && { status }), ...(webhook && { webhook }) });
  const loaded = useLoaded(query.toString(), () => ask<DeliveryPage>("GET", `/webhooks/deliveries?${query}`));
  const { value } = loaded;
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useEffect(
    () =>
      onDelivery((delivery) => {
        if (value === undefined || (webhook !== "" && delivery.webhook !== webhook)) return;
        const isThere = value.deliveries.some(({ heron_id }) => heron_id === delivery.heron_id);
        if (!isThere) {
          if (status === "" || delivery.status === status) setFresh(new Set([...fresh, delivery.heron_id]));
          return;
        }
        const deliveries = value.deliveries.map((one) =>
          one.heron_id === delivery.heron_id ? delivery : one,
        );
        loaded.set({ ...value, deliveries });
      }),
    [value, webhook, status, fresh, loaded],
  );
  const showFresh = (): void => {
    setFresh(new Set());
    loaded.reload();
  };
  const more = async (): Promise<void> => {
    if (value?.next_cursor == null) return;
    const cursor = encodeURIComponent(value.next_cursor);
    const next = await ask<DeliveryPage>("GET", `/webhooks/deliveries?${query}&cursor=${cursor}`);
    loaded.set({ deliveries: [...value.deliveries, ...next.deliveries], next_cursor: next.next_cursor });
  };
  return (
    <>
      <p role="status" class="fresh">
        {fresh.size > 0 && (
          <button type="button" onClick={showFresh}>
            {many(fresh.size, "new one")}
          </button>
        )}
      </p>
      <Show of={loaded}>
        {({ deliveries, next_cursor }) =>
          deliveries.length === 0 && next_cursor === null ? (
            <div class="card empty">
              <h2>Nothing here</h2>
              <p>
                {status === ""
                  ? "Once an event matches a webhook, what became of it is shown here."
                  : "No delivery is like that now."}
              </p>
              {status !== "" && (
                <button type="button" onClick={() => go("deliveries")}>
                  Show all
                </button>
              )}
            </div>
          ) : (
            <>
              <ul class="rows">
                {deliveries.map((delivery) => (
                  <li key={delivery.heron_id}>
                    <Link to={`deliveries/${delivery.heron_id}`} class="row">
                      <Mark delivery={delivery} />
                      <code>{delivery.topic}</code>
                      <span class="hint">{delivery.reason ?? (delivery.http_status || "")}</span>
                      <When at={delivery.created} />
                    </Link>
                  </li>
                ))}
              </ul>
              {next_cursor !== null && (
                <button type="button" onClick={() => void more()}>
                  Show older
                </button>
              )}
            </>
          )
        }
      </Show>
    </>
  );
}
