import { useState } from "preact/hooks";
import { callApi, type Webhook } from "../api.ts";
import { ConfirmDialog } from "../dialog/confirm-dialog.tsx";
import { clearRowsCache } from "../list/rows-cache.ts";
import { RadioGroup } from "../parts/radio-group.tsx";
import { formatClock } from "../parts/connection-status.tsx";
import { useResource } from "../parts/resource.tsx";
import { navigate } from "../router.tsx";
import { pluralize } from "../format.ts";
import { getHost, getWebhookName } from "./webhook-name.ts";
import { countPending } from "./count-pending.ts";

export interface WebhookDialogProps {
  readonly webhook: Webhook;
  readonly onClose: () => void;
}

/** Of longer names it is the host that must be typed. */
const MAX_TYPED_NAME_LENGTH = 30;

/** What waits, in the middle of a sentence, as soon as that is known. */
function PendingCount({
  id,
  some: formatCount,
  none: emptyText,
}: {
  readonly id: string;
  readonly some: (count: string) => string;
  readonly none: string;
}) {
  const pendingCount = useResource(id, () => countPending(id));
  if (pendingCount.failure !== undefined) return <>Could not count pending deliveries.</>;
  if (pendingCount.value === undefined) return <>Counting what waits…</>;
  return <>{pendingCount.value === null ? emptyText : formatCount(pendingCount.value)}</>;
}

/** Before a webhook is deleted. */
export function DeleteWebhookDialog({ webhook, onClose: close }: WebhookDialogProps) {
  const { heron_id: id, url } = webhook;
  const name = getWebhookName(webhook);
  return (
    <ConfirmDialog
      title={`Delete ${name}?`}
      confirmLabel="Delete it"
      isDestructive
      requiredText={name.length <= MAX_TYPED_NAME_LENGTH ? name.trim() : getHost(url)}
      onClose={close}
      onConfirm={async () => {
        await callApi("DELETE", `/webhooks/${id}`);
        clearRowsCache();
        navigate("webhooks");
      }}
    >
      <p aria-live="polite">
        <PendingCount
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
    </ConfirmDialog>
  );
}

const RECOVERY_RANGES = [
  ["1h", "the last hour", 3_600_000],
  ["8h", "the last 8 hours", 28_800_000],
  ["24h", "the last 24 hours", 86_400_000],
  ["7d", "the last 7 days", 604_800_000],
] as const;

/** Before what died or was missed is sent again. */
export function RecoverDialog({ webhook, onClose: close, said: onResult }: WebhookDialogProps & { readonly said: (text: string) => void }) {
  const [since, setSince] = useState<string>("24h");
  return (
    <ConfirmDialog
      title="Replay failed and missed events?"
      confirmLabel="Send again"
      onClose={close}
      onConfirm={async () => {
        const { recovered } = await callApi<{ readonly recovered: number }>(
          "POST",
          `/webhooks/${webhook.heron_id}/recover`,
          { since },
        );
        onResult(
          recovered === 0
            ? "No failed or missed events in that time."
            : `${pluralize(recovered, "delivery")} will be sent again; the list below shows what becomes of them.`,
        );
      }}
    >
      <p>
        Sends every matching event from this period that was not delivered, including events from before the webhook existed.
      </p>
      <RadioGroup
        legend="Events of"
        value={since}
        onChange={setSince}
        options={RECOVERY_RANGES.map(([value, name, ms]) => [value, `${name}, since ${formatDate(Date.now() - ms)}`])}
      />
    </ConfirmDialog>
  );
}

/** Before a webhook has another secret. */
export function RotateSecretDialog({ webhook, onClose: close, done: onDone }: WebhookDialogProps & { readonly done: () => void }) {
  const [overlap, setOverlap] = useState("24h");
  return (
    <ConfirmDialog
      title="Make a new secret?"
      confirmLabel="Make a new secret"
      isDestructive={overlap === "0s"}
      onClose={close}
      onConfirm={async () => {
        await callApi("POST", `/webhooks/${webhook.heron_id}/rotate`, { overlap });
        onDone();
      }}
    >
      <RadioGroup
        legend="The old one"
        value={overlap}
        onChange={setOverlap}
        options={[
          ["24h", `signs too until ${formatDate(Date.now() + 86_400_000)}, so that receivers can change over`],
          ["7d", `signs too until ${formatDate(Date.now() + 604_800_000)}`],
          [
            "0s",
            "ends at once, since it has leaked: receivers refuse deliveries until they have the new one",
          ],
        ]}
      />
    </ConfirmDialog>
  );
}

/** Before a webhook gets nothing for a while. */
export function DisableDialog({ webhook, onClose: close, done: onDone }: WebhookDialogProps & { readonly done: () => void }) {
  const { heron_id: id } = webhook;
  return (
    <ConfirmDialog
      title={`Disable ${getWebhookName(webhook)}?`}
      confirmLabel="Disable"
      onClose={close}
      onConfirm={async () => {
        await callApi("PUT", `/webhooks/${id}`, { is_enabled: false });
        onDone();
      }}
    >
      <p aria-live="polite">
        It receives nothing until you enable it.{" "}
        <PendingCount
          id={id}
          some={(count) => `${count} will be held, none lost.`}
          none="There are no pending deliveries."
        />{" "}
        New events are not queued; replay missed events after enabling it.
      </p>
    </ConfirmDialog>
  );
}

function formatDate(at: number): string {
  const day = new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  return `${day}, ${formatClock(at, false)}`;
}
