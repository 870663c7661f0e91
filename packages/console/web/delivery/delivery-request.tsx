import { callApi, type Delivery, type Webhook } from "../api.ts";
import { announce } from "../parts/announcer.tsx";
import { CodeBlock, CopyButton, copyToClipboard } from "../parts/code.tsx";
import { ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { findVariables, type RequestPreview, toCurlCommand } from "./curl.ts";

/** The request that an attempt would send now. */
export function DeliveryRequest({ delivery }: { readonly delivery: Delivery }) {
  const resource = useResource(delivery.heron_id, () => loadRequest(delivery));
  const toCurl = (): string => (resource.value === undefined ? "" : toCurlCommand(resource.value));
  useShortcuts({
    c: () =>
      void copyToClipboard(toCurl()).then((isCopied) =>
        announce(() => (isCopied ? "Copied." : "Copy failed.")),
      ),
  });
  return (
    <section>
      <h2>Request</h2>
      <ResourceView resource={resource} name="request" placeholder={<Skeleton rows={1} kind="block" />}>
        {(request) => (
          <>
            <p class="hint">What would be sent now. webhook-signature changes with every attempt.</p>
            <details>
              <summary>
                POST {request.url} ({Object.keys(request.headers).length} headers)
              </summary>
              <pre>
                {Object.entries(request.headers)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join("\n")}
              </pre>
            </details>
            <CodeBlock text={request.body} label="Request body" />
            <p class="actions">
              <CopyButton text={toCurl} label="Copy as curl" />
              <CurlVariables request={request} />
            </p>
          </>
        )}
      </ResourceView>
    </section>
  );
}

function CurlVariables({ request }: { readonly request: RequestPreview }) {
  const names = findVariables(request);
  if (names.length === 0)
    return <span class="hint">Contains a valid signature. Treat it like a secret.</span>;
  return <span class="hint">Set {names.map((name) => `$${name}`).join(", ")} to the masked values.</span>;
}

/** @throws ApiError */
async function loadRequest({ webhook: id, heron_id }: Delivery): Promise<RequestPreview> {
  const { webhook } = await callApi<{ readonly webhook: Webhook }>("GET", `/webhooks/${id}`);
  const { url, topics, headers, template, format } = webhook;
  const preview = await callApi<Pick<RequestPreview, "headers" | "body">>("POST", "/webhooks/preview", {
    webhook: { url, topics, headers, template, format },
    id,
    delivery: heron_id,
  });
  return { url, headers: preview.headers, body: preview.body };
}
