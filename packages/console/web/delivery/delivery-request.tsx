import { callApi, type Delivery, type Webhook } from "../api.ts";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { announce } from "../parts/announcer.tsx";
import { CodeBlock, CopyButton, copyToClipboard } from "../parts/code.tsx";
import { ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { toCurlCommand, type RequestPreview, findVariables } from "./curl.ts";

/** The request as it would go out now. */
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
            <p class="hint">
              What would be sent now. webhook-signature changes with every attempt.
            </p>
            <details>
              <summary>
                POST {request.url}, with {Object.keys(request.headers).length} headers
              </summary>
              <pre>
                {Object.entries(request.headers)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join("\n")}
              </pre>
            </details>
            <CodeBlock text={request.body} label="Request body" />
            <p class="actions">
              <CopyButton text={toCurl} what="Copy as curl" />
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
  return (
    <span class="hint">
      What is masked is yours to fill in, as {names.map((name) => `$${name}`).join(", ")}.
    </span>
  );
}

/** @throws Refused */
async function loadRequest({ webhook: id, heron_id }: Delivery): Promise<RequestPreview> {
  const { webhook } = await callApi<{ readonly webhook: Webhook }>("GET", `/webhooks/${id}`);
  const { url, topics, headers, template, format } = webhook;
  const preview = await callApi<Pick<RequestPreview, "headers" | "body">>("POST", "/webhooks/preview", {
    webhook: { url, topics, headers, body: template, format },
    id,
    delivery: heron_id,
  });
  return { url, headers: preview.headers, body: preview.body };
}
