import type { Webhook } from "../api.ts";
import { CodeBlock } from "../parts/code.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { Secrets } from "./secrets.tsx";
import { RECEIVER_SNIPPETS, toUrlPath } from "./snippets.ts";

/** How a receiver knows that a delivery is from here: the secret, and code that is ready to run. */
export function VerificationGuide({ webhook }: { readonly webhook: Webhook }) {
  if (webhook.format === "slack") return null;
  return (
    <section>
      <h2>Verify signatures</h2>
      <p>
        Each delivery is signed, so that the receiver knows who sent it and that nobody changed it:{" "}
        <code>Heron-Signature</code> is the base64 of the HMAC-SHA256 of the body's bytes.
      </p>
      <Secrets webhook={webhook} />
      <details class="code-of">
        <summary>A receiver that verifies, ready to run: Express, Fastify, Python or Go</summary>
        <ReceiverSnippets webhook={webhook} />
      </details>
    </section>
  );
}

function ReceiverSnippets({ webhook: { url, template } }: { readonly webhook: Webhook }) {
  return (
    <>
      <p class="hint">It reads the secret from the environment variable HERON_WEBHOOK_SECRET.</p>
      <Tabs label="Languages" tabs={RECEIVER_SNIPPETS}>
        {({ name, install, render }) => (
          <>
            {install !== null && <CodeBlock text={install} label="Install command" />}
            <CodeBlock
              text={render({ path: toUrlPath(url), receivesEvents: template === null })}
              label={`A receiver in ${name}`}
            />
          </>
        )}
      </Tabs>
    </>
  );
}
