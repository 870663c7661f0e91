import { useState } from "preact/hooks";
import { ask, type Webhook } from "../api.ts";
import { Confirm } from "../dialog/confirm.tsx";
import { forgetRows } from "../list/kept-rows.ts";
import { Choice } from "../parts/choice.tsx";
import { clock } from "../parts/connection.tsx";
import { useLoaded } from "../parts/loaded.tsx";
import { go } from "../router.tsx";
import { many } from "../words.ts";
import { hostOf, nameOf } from "./name.ts";
import { owedTo } from "./owed.ts";

export interface AskProps {
  readonly webhook: Webhook;
  readonly close: () => void;
}

/** Of longer names it is the host that must be typed. */
const LONGEST_TYPED = 30;

/** What waits, in the middle of a sentence, as soon as that is known. */
function Owed({
  id,
  some,
  none,
}: {
  readonly id: string;
  readonly some: (count: string) => string;
  readonly none: string;
}) {
  const owed = useLoaded(id, () => owedTo(id));
  if (owed.failure !== undefined) return <>How many deliveries wait could not be found out.</>;
  if (owed.value === undefined) return <>Counting what waits…</>;
  return <>{owed.value === null ? none : some(owed.value)}</>;
}

/** Before a webhook is deleted. */
export function Removal({ webhook, close }: AskProps) {
  const { heron_id: id, url } = webhook;
  const name = nameOf(webhook);
  return (
    <Confirm
      title={`Delete ${name}?`}
      verb="Delete it"
      isDangerous
      typed={name.length <= LONGEST_TYPED ? name.trim() : hostOf(url)}
      close={close}
      run={async () => {
        await ask("DELETE", `/webhooks/${id}`);
        forgetRows();
        go("webhooks");
      }}
    >
      <p aria-live="polite">
        <Owed
          id={id}
          some={(count) =>
            `${count} wait${count.startsWith("1 ") ? "s" : ""} and go${count.startsWith("1 ") ? "es" : ""} with it.`
          }
          none="Nothing waits for it."
        />{" "}
        The record of what it got goes too. Nothing brings a deleted webhook back, and a new one has another
        secret.
      </p>
      {webhook.is_enabled && (
        <p class="hint">To stop it for now, disable it instead: what it is owed then waits.</p>
      )}
    </Confirm>
  );
}

const SPANS = [
  ["1h", "the last hour", 3_600_000],
  ["8h", "the last 8 hours", 28_800_000],
  ["24h", "the last 24 hours", 86_400_000],
  ["7d", "the last 7 days", 604_800_000],
] as const;

/** Before what died or was missed is sent again. */
export function Recovery({ webhook, close, said }: AskProps & { readonly said: (text: string) => void }) {
  const [since, setSince] = useState<string>("24h");
  return (
    <Confirm
      title="Send again what died or was missed?"
      verb="Send again"
      close={close}
      run={async () => {
        const { recovered } = await ask<{ readonly recovered: number }>(
          "POST",
          `/webhooks/${webhook.heron_id}/recover`,
          { since },
        );
        said(
          recovered === 0
            ? "Nothing had died or was missed in that time."
            : `${many(recovered, "delivery")} will be sent again; the list below shows what becomes of them.`,
        );
      }}
    >
      <p>
        Each event since then that this webhook wants and has not taken is sent, also those from before it was
        made. What was delivered is not sent again.
      </p>
      <Choice
        legend="Events of"
        value={since}
        choose={setSince}
        options={SPANS.map(([value, name, ms]) => [value, `${name}, since ${dateOf(Date.now() - ms)}`])}
      />
    </Confirm>
  );
}

/** Before a webhook has another secret. */
export function Rotation({ webhook, close, done }: AskProps & { readonly done: () => void }) {
  const [overlap, setOverlap] = useState("24h");
  return (
    <Confirm
      title="Make a new secret?"
      verb="Make a new secret"
      isDangerous={overlap === "0s"}
      close={close}
      run={async () => {
        await ask("POST", `/webhooks/${webhook.heron_id}/rotate`, { overlap });
        done();
      }}
    >
      <Choice
        legend="The old one"
        value={overlap}
        choose={setOverlap}
        options={[
          ["24h", `signs too until ${dateOf(Date.now() + 86_400_000)}, so that receivers can change over`],
          ["7d", `signs too until ${dateOf(Date.now() + 604_800_000)}`],
          [
            "0s",
            "ends at once, since it has leaked: receivers refuse deliveries until they have the new one",
          ],
        ]}
      />
    </Confirm>
  );
}

/** Before a webhook gets nothing for a while. */
export function Disabling({ webhook, close, done }: AskProps & { readonly done: () => void }) {
  const { heron_id: id } = webhook;
  return (
    <Confirm
      title={`Disable ${nameOf(webhook)}?`}
      verb="Disable"
      close={close}
      run={async () => {
        await ask("PUT", `/webhooks/${id}`, { is_enabled: false });
        done();
      }}
    >
      <p aria-live="polite">
        Nothing is sent to it until somebody enables it.{" "}
        <Owed
          id={id}
          some={(count) => `${count} will be held, none lost.`}
          none="Nothing waits for it now."
        />{" "}
        Events that happen meanwhile are not queued for it; once it is enabled, Recover sends them.
      </p>
    </Confirm>
  );
}

function dateOf(at: number): string {
  const day = new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  return `${day}, ${clock(at, false)}`;
}
