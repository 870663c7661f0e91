import { ask, type Delivery, type Webhook } from "../api.ts";
import { useKeys } from "../keys/listen.ts";
import { announce } from "../parts/announced.tsx";
import { Code, Copy, copied } from "../parts/code.tsx";
import { Show, Skeleton, useLoaded } from "../parts/loaded.tsx";
import { curlOf, type ShownRequest, variablesIn } from "./request.ts";

/** The request as it would go out now. */
export function GoingOut({ delivery }: { readonly delivery: Delivery }) {
  const loaded = useLoaded(delivery.heron_id, () => requestOf(delivery));
  const text = (): string => (loaded.value === undefined ? "" : curlOf(loaded.value));
  useKeys({
    c: () =>
      void copied(text()).then((done) =>
        announce(() => (done ? "Copied as curl." : "It could not be copied.")),
      ),
  });
  return (
    <section>
      <h2>Request</h2>
      <Show of={loaded} what="request" outline={<Skeleton rows={1} kind="block" />}>
        {(request) => (
          <>
            <p class="hint">
              As it would go out now, of the webhook as it is by now. The time is part of webhook-signature,
              so that is another at each attempt.
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
            <Code text={request.body} label="Body of the request" />
            <p class="actions">
              <Copy text={text} what="Copy as curl" />
              <Variables request={request} />
            </p>
          </>
        )}
      </Show>
    </section>
  );
}

function Variables({ request }: { readonly request: ShownRequest }) {
  const names = variablesIn(request);
  if (names.length === 0)
    return <span class="hint">Its signature is a true one: whoever has the command can send the event.</span>;
  return (
    <span class="hint">
      What is masked is yours to fill in, as {names.map((name) => `$${name}`).join(", ")}.
    </span>
  );
}

/** @throws Refused */
async function requestOf({ webhook: id, heron_id }: Delivery): Promise<ShownRequest> {
  const { webhook } = await ask<{ readonly webhook: Webhook }>("GET", `/webhooks/${id}`);
  const { url, topics, headers, body, format } = webhook;
  const made = await ask<Pick<ShownRequest, "headers" | "body">>("POST", "/webhooks/preview", {
    webhook: { url, topics, headers, body, format },
    id,
    delivery: heron_id,
  });
  return { url, headers: made.headers, body: made.body };
}
