import { useId, useState } from "preact/hooks";
import type { Webhook } from "../api.ts";
import { Code } from "../parts/code.tsx";
import { Secrets } from "./secrets.tsx";
import { LANGUAGES, type Language, pathOf } from "./snippets.ts";

/** How a receiver knows that a delivery is from here: the secret, and code that is ready to run. */
export function HowToVerify({ webhook }: { readonly webhook: Webhook }) {
  if (webhook.format === "slack") return null;
  return (
    <section>
      <h2>How to verify</h2>
      <p>
        Each delivery is signed, so that the receiver knows who sent it and that nobody changed it:{" "}
        <code>Heron-Signature</code> is the base64 of the HMAC-SHA256 of the body's bytes.
      </p>
      <Secrets webhook={webhook} />
      <details class="code-of">
        <summary>A receiver that verifies, ready to run: Express, Fastify, Python or Go</summary>
        <Snippets webhook={webhook} />
      </details>
    </section>
  );
}

function Snippets({ webhook: { url, body } }: { readonly webhook: Webhook }) {
  const [chosen, setChosen] = useState<Language | undefined>(LANGUAGES[0]);
  const id = useId();
  if (chosen === undefined) return null;
  const choose = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = LANGUAGES[(LANGUAGES.indexOf(chosen) + by + LANGUAGES.length) % LANGUAGES.length];
    setChosen(next);
    document.getElementById(`${id}-${next?.id}`)?.focus();
  };
  return (
    <>
      <p class="hint">It reads the secret from the environment variable HERON_WEBHOOK_SECRET.</p>
      <div class="segments" role="tablist" aria-label="Languages" onKeyDown={choose}>
        {LANGUAGES.map((language) => (
          <button
            key={language.id}
            type="button"
            role="tab"
            id={`${id}-${language.id}`}
            aria-selected={language === chosen}
            aria-controls={`${id}-code`}
            tabIndex={language === chosen ? 0 : -1}
            onClick={() => setChosen(language)}
          >
            {language.name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-code`} aria-labelledby={`${id}-${chosen.id}`}>
        {chosen.install !== null && <Code text={chosen.install} label="What to install" />}
        <Code
          text={chosen.code({ path: pathOf(url), isEvent: body === null })}
          label={`A receiver in ${chosen.name}`}
        />
      </div>
    </>
  );
}
