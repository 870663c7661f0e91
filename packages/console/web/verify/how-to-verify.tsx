import type { Webhook } from "../api.ts";
import { CodeBlock } from "../parts/code.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { Secrets } from "./secrets.tsx";
import { RECEIVER_SNIPPETS, toUrlPath } from "./snippets.ts";

/** The secrets of a webhook and example receivers that verify signatures. */
export function VerificationGuide({ webhook }: { readonly webhook: Webhook }) {
  if (webhook.format === "slack") return null;
  return (
    <section>
      <h2>Verify signatures</h2>
      <p>
        Every request is signed. <code>Heron-Signature</code> is the base64-encoded HMAC-SHA256 of the raw
        body.
      </p>
      <Secrets webhook={webhook} />
      <details class="code-of">
        <summary>Example receivers: Express, Fastify, Python, Go</summary>
        <ReceiverSnippets webhook={webhook} />
      </details>
    </section>
  );
}

function ReceiverSnippets({ webhook: { url, template } }: { readonly webhook: Webhook }) {
  return (
    <>
      <p class="hint">Reads the secret from the environment variable HERON_WEBHOOK_SECRET.</p>
      <Tabs label="Languages" tabs={RECEIVER_SNIPPETS}>
        {({ name, install, render }) => (
          <>
            {install !== null && <CodeBlock text={install} label="Install command" />}
            <CodeBlock
              text={render({ path: toUrlPath(url), receivesEvents: template === null })}
              label={`Receiver in ${name}`}
            />
          </>
        )}
      </Tabs>
    </>
  );
}
