import { Link } from "../router.tsx";
import { nameOf } from "../webhook/name.ts";
import { stateOf } from "../webhook/state.tsx";
import { many } from "../words.ts";
import { type Doing, isNeedy } from "./needy.ts";
import { countOf, listOf, OUTCOMES } from "./outcomes.ts";

/** So many are shown, and of those that need someone twice that. */
const MOST = 8;

/** Webhooks with what they got, in the order given. */
export function WebhookRows({ all }: { readonly all: readonly Doing[] }) {
  const needy = all.filter(isNeedy).length;
  const shown = all.slice(0, Math.max(MOST, Math.min(needy, 2 * MOST)));
  return (
    <section aria-labelledby="need">
      <h2 id="need">Webhooks</h2>
      <p class="hint">{needy === 0 ? "All is well." : `${needy} to look at, first in the list.`}</p>
      <ul class="rows">
        {shown.map((doing) => (
          <Row key={doing.webhook.heron_id} doing={doing} />
        ))}
      </ul>
      {shown.length < all.length && (
        <p>
          <Link to="webhooks">All {many(all.length, "webhook")}</Link>
        </p>
      )}
    </section>
  );
}

function Row({ doing: { webhook, counts } }: { readonly doing: Doing }) {
  const had = OUTCOMES.filter(({ outcome }) => counts[outcome] > 0);
  return (
    <li class="doing">
      <span class="what">
        <Link to={`webhooks/${webhook.heron_id}`}>
          <b>{nameOf(webhook)}</b>
        </Link>
        {webhook.description !== "" && <span class="hint">{webhook.url}</span>}
      </span>
      <span class="state">{stateOf(webhook)}</span>
      <span class="counts">
        {countOf(counts) === 0 && <span class="hint">No deliveries</span>}
        {had.map(({ outcome, name, shape, word, status }) => (
          <span key={outcome} class={`mark ${name}`}>
            <span class="shape" aria-hidden="true">
              {shape}
            </span>
            <Link to={listOf(status, webhook.heron_id)}>
              {counts[outcome].toLocaleString("en")} {word}
            </Link>
          </span>
        ))}
      </span>
    </li>
  );
}
