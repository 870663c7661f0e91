import { callApi, type Webhook } from "../api.ts";
import { Heading } from "../parts/heading.tsx";
import { ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { WebhookForm } from "./webhook-form.tsx";

export function EditWebhookPage({ id }: { readonly id: string }) {
  const loaded = useResource(id, () =>
    callApi<{ readonly webhook: Webhook }>("GET", `/webhooks/${encodeURIComponent(id)}`),
  );
  return (
    <>
      <Heading title="Edit webhook" />
      <ResourceView resource={loaded} name="webhook" placeholder={<Skeleton rows={8} />}>
        {({ webhook }) => <WebhookForm webhook={webhook} />}
      </ResourceView>
    </>
  );
}
