import { useEffect, useState } from "preact/hooks";
import { ask } from "../api.ts";
import { Id } from "../parts/id.tsx";
import { When } from "../parts/when.tsx";

interface Secret {
  readonly secret: string;
  readonly standard: string;
  readonly until: string | null;
}

/** For so long, in milliseconds, a secret is shown. */
const SHOWN = 30_000;

/** What a webhook is signed with: hidden until it is asked for, and again soon after. */
export function Secrets({ id }: { readonly id: string }) {
  const [secrets, setSecrets] = useState<readonly Secret[] | null>(null);
  useEffect(() => {
    if (secrets === null) return;
    const timer = setTimeout(() => setSecrets(null), SHOWN);
    return () => clearTimeout(timer);
  }, [secrets]);
  const reveal = async (): Promise<void> =>
    setSecrets(
      (await ask<{ readonly secrets: readonly Secret[] }>("GET", `/webhooks/${id}/secrets`)).secrets,
    );
  const rotate = async (): Promise<void> => {
    if (!confirm("Make a new secret? For 24 hours the old one signs too, so that receivers can change over."))
      return;
    await ask("POST", `/webhooks/${id}/rotate`, {});
    await reveal();
  };
  return (
    <>
      {secrets === null ? (
        <span>•••••••• </span>
      ) : (
        secrets.map(({ secret, standard, until }) => (
          <p key={secret}>
            <Id id={secret} /> <Id id={standard} />
            {until !== null && (
              <span class="hint">
                {" "}
                the old one, until <When at={until} />
              </span>
            )}
          </p>
        ))
      )}
      {secrets === null && (
        <button type="button" onClick={() => void reveal()}>
          Reveal
        </button>
      )}{" "}
      <button type="button" onClick={() => void rotate()}>
        Rotate
      </button>
    </>
  );
}
