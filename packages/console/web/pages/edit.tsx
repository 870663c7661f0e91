import { ask, type Webhook } from "../api.ts";
import { Heading } from "../parts/heading.tsx";
import { Show, Skeleton, useLoaded } from "../parts/loaded.tsx";
import { WebhookForm } from "./webhook-form.tsx";

/** A webhook to be changed. */
export function Edit({ id }: { readonly id: string }) {
  const loaded = useLoaded(id, () =>
    ask<{ readonly webhook: Webhook }>("GET", `/webhooks/${encodeURIComponent(id)}`),
  );
  return (
    <>
      <Heading title="Edit webhook" />
      <Show of={loaded} what="webhook" outline={<Skeleton rows={8} />}>
        {({ webhook }) => <WebhookForm webhook={webhook} />}
      </Show>
    </>
  );
}
