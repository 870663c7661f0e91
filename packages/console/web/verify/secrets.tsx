import { useEffect, useState } from "preact/hooks";
import { ask, type Refused, type Webhook } from "../api.ts";
import { Copy } from "../parts/code.tsx";
import { refusalOf } from "../parts/loaded.tsx";
import { When } from "../parts/when.tsx";
import { Rotation } from "../webhook/ask-first.tsx";

interface Secret {
  readonly secret: string;
  readonly standard: string;
  readonly until: string | null;
}

/** For so long, in milliseconds, a secret is shown. */
const SHOWN = 30_000;

/** What a webhook is signed with, in both spellings: hidden until it is asked for, and again soon after. */
export function Secrets({ webhook }: { readonly webhook: Webhook }) {
  const [secrets, setSecrets] = useState<readonly Secret[] | null>(null);
  const [failure, setFailure] = useState<Refused | null>(null);
  const [isRotating, setRotating] = useState(false);
  useEffect(() => {
    if (secrets === null) return;
    const timer = setTimeout(() => setSecrets(null), SHOWN);
    return () => clearTimeout(timer);
  }, [secrets]);
  const reveal = (): void => {
    setFailure(null);
    ask<{ readonly secrets: readonly Secret[] }>("GET", `/webhooks/${webhook.heron_id}/secrets`).then(
      (answer) => setSecrets(answer.secrets),
      (error: unknown) => setFailure(refusalOf(error)),
    );
  };
  return (
    <div class="secrets">
      {secrets === null ? (
        <Spellings secret={null} />
      ) : (
        secrets.map((secret) => <Spellings key={secret.secret} secret={secret} />)
      )}
      {failure !== null && (
        <p class="error" role="alert">
          {failure.message}
        </p>
      )}
      <p class="actions">
        <button type="button" onClick={secrets === null ? reveal : () => setSecrets(null)}>
          {secrets === null ? "Reveal the secret" : "Hide the secret"}
        </button>
        <button type="button" onClick={() => setRotating(true)}>
          New secret…
        </button>
        <span class="hint" role="status">
          {secrets === null ? "" : "It is hidden again in 30 seconds."}
        </span>
      </p>
      {isRotating && <Rotation webhook={webhook} close={() => setRotating(false)} done={reveal} />}
    </div>
  );
}

function Spellings({ secret }: { readonly secret: Secret | null }) {
  return (
    <>
      {secret !== null && secret.until !== null && (
        <p class="hint">
          The one before, which signs too <When at={secret.until} />:
        </p>
      )}
      <dl class="facts">
        <dt>
          For <code>Heron-Signature</code>
        </dt>
        <dd>
          <Value text={secret?.secret ?? null} />
          <p class="hint">The text itself is the key, sec_ and all. It is not to be decoded.</p>
        </dd>
        <dt>
          For <code>webhook-signature</code>
        </dt>
        <dd>
          <Value text={secret?.standard ?? null} />
          <p class="hint">
            The same key as libraries for Standard Webhooks take it: whsec_ and the base64 of that text.
          </p>
        </dd>
      </dl>
    </>
  );
}

function Value({ text }: { readonly text: string | null }) {
  if (text === null) return <code>••••••••••••••••</code>;
  return (
    <span class="value">
      <code>{text}</code> <Copy text={() => text} />
    </span>
  );
}
