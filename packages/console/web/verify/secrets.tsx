import { useEffect, useState } from "preact/hooks";
import { type ApiError, callApi, type Webhook } from "../api.ts";
import { CopyButton } from "../parts/code.tsx";
import { toApiError } from "../parts/resource.tsx";
import { formatDate, RotateSecretDialog } from "../webhook/webhook-dialogs.tsx";

interface Secret {
  readonly secret: string;
  readonly standard: string;
  readonly until: string | null;
}

const REVEAL_DURATION_MS = 30_000;

/** The signing secrets in both formats. They are hidden again after a while. */
export function Secrets({ webhook }: { readonly webhook: Webhook }) {
  const [secrets, setSecrets] = useState<readonly Secret[] | null>(null);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [isRotating, setRotating] = useState(false);
  useEffect(() => {
    if (secrets === null) return;
    const timer = setTimeout(() => setSecrets(null), REVEAL_DURATION_MS);
    return () => clearTimeout(timer);
  }, [secrets]);
  const reveal = (): void => {
    setFailure(null);
    callApi<{ readonly secrets: readonly Secret[] }>("GET", `/webhooks/${webhook.heron_id}/secrets`).then(
      (response) => setSecrets(response.secrets),
      (error: unknown) => setFailure(toApiError(error)),
    );
  };
  return (
    <div class="secrets">
      {secrets === null ? (
        <SecretFormats secret={null} />
      ) : (
        secrets.map((secret) => <SecretFormats key={secret.secret} secret={secret} />)
      )}
      {failure !== null && (
        <p class="error" role="alert">
          {failure.message}
        </p>
      )}
      <p class="actions">
        <button type="button" onClick={secrets === null ? reveal : () => setSecrets(null)}>
          {secrets === null ? "Reveal secret" : "Hide secret"}
        </button>
        <button type="button" onClick={() => setRotating(true)}>
          Rotate secret…
        </button>
        <span class="hint" role="status">
          {secrets === null ? "" : "Hidden again in 30 seconds."}
        </span>
      </p>
      {isRotating && (
        <RotateSecretDialog webhook={webhook} onClose={() => setRotating(false)} onDone={reveal} />
      )}
    </div>
  );
}

function SecretFormats({ secret }: { readonly secret: Secret | null }) {
  return (
    <>
      {secret !== null && secret.until !== null && (
        <p class="hint">Previous secret, valid until {formatDate(Date.parse(secret.until))}:</p>
      )}
      <dl class="properties">
        <dt>
          For <code>Heron-Signature</code>
        </dt>
        <dd>
          <SecretValue text={secret?.secret ?? null} />
          <p class="hint">Use the whole string, including sec_. Don't base64-decode it.</p>
        </dd>
        <dt>
          For <code>webhook-signature</code>
        </dt>
        <dd>
          <SecretValue text={secret?.standard ?? null} />
          <p class="hint">The same secret in Standard Webhooks format.</p>
        </dd>
      </dl>
    </>
  );
}

function SecretValue({ text }: { readonly text: string | null }) {
  if (text === null) return <code>••••••••••••••••</code>;
  return (
    <span class="value">
      <code>{text}</code> <CopyButton text={() => text} />
    </span>
  );
}
