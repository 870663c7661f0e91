import { useState } from "preact/hooks";
import { callApi, type Webhook } from "../api.ts";
import { ConfirmDialog } from "../dialog/confirm-dialog.tsx";
import { pluralize } from "../format.ts";
import { clearRowsCache } from "../list/rows-cache.ts";
import { formatClock } from "../parts/connection-status.tsx";
import { RadioGroup } from "../parts/radio-group.tsx";
import { useResource } from "../parts/resource.tsx";
import { navigate } from "../router.tsx";
import { countPending } from "./count-pending.ts";
import { getHost, getWebhookName } from "./webhook-name.ts";

export interface WebhookDialogProps {
  readonly webhook: Webhook;
  readonly onClose: () => void;
}

/** For longer names, the host must be typed. */
const MAX_TYPED_NAME_LENGTH = 30;

function PendingCount({
  id,
  format,
  emptyText,
}: {
  readonly id: string;
  readonly format: (count: string) => string;
  readonly emptyText: string;
}) {
  const pendingCount = useResource(id, () => countPending(id));
  if (pendingCount.failure !== undefined) return <>Could not count pending deliveries.</>;
  if (pendingCount.value === undefined) return <>Counting pending deliveries…</>;
  return <>{pendingCount.value === null ? emptyText : format(pendingCount.value)}</>;
}

export function DeleteWebhookDialog({ webhook, onClose }: WebhookDialogProps) {
  const { heron_id: id, url } = webhook;
  const name = getWebhookName(webhook);
  return (
    <ConfirmDialog
      title={`Delete ${name}?`}
      confirmLabel="Delete webhook"
      isDestructive
      requiredText={name.length <= MAX_TYPED_NAME_LENGTH ? name.trim() : getHost(url)}
      onClose={onClose}
      onConfirm={async () => {
        await callApi("DELETE", `/webhooks/${id}`);
        clearRowsCache();
        navigate("webhooks");
      }}
    >
      <p aria-live="polite">
        <PendingCount
          id={id}
          format={(count) => `${count} will be deleted.`}
          emptyText="There are no pending deliveries."
        />{" "}
        The delivery history is deleted too. This cannot be undone.
      </p>
      {webhook.is_enabled && <p class="hint">To stop it temporarily, disable it instead.</p>}
    </ConfirmDialog>
  );
}

const RECOVERY_RANGES = [
  ["1h", "From the last hour", 3_600_000],
  ["8h", "From the last 8 hours", 28_800_000],
  ["24h", "From the last 24 hours", 86_400_000],
  ["7d", "From the last 7 days", 604_800_000],
] as const;

export function RecoverDialog({
  webhook,
  onClose,
  onResult,
}: WebhookDialogProps & { readonly onResult: (text: string) => void }) {
  const [since, setSince] = useState<string>("24h");
  return (
    <ConfirmDialog
      title="Replay failed and missed events?"
      confirmLabel="Replay"
      onClose={onClose}
      onConfirm={async () => {
        const { recovered } = await callApi<{ readonly recovered: number }>(
          "POST",
          `/webhooks/${webhook.heron_id}/recover`,
          { since },
        );
        onResult(
          recovered === 0
            ? "No failed or missed events in that time."
            : `Queued ${pluralize(recovered, "delivery")} for replay.`,
        );
      }}
    >
      <p>
        Sends every matching event from this period that was not delivered, including events from before the
        webhook existed.
      </p>
      <RadioGroup
        legend="Time range"
        value={since}
        onChange={setSince}
        options={RECOVERY_RANGES.map(([value, name, ms]) => [
          value,
          `${name}, since ${formatDate(Date.now() - ms)}`,
        ])}
      />
    </ConfirmDialog>
  );
}

export function RotateSecretDialog({
  webhook,
  onClose,
  onDone,
}: WebhookDialogProps & { readonly onDone: () => void }) {
  const [overlap, setOverlap] = useState("24h");
  return (
    <ConfirmDialog
      title="Rotate secret?"
      confirmLabel="Rotate secret"
      isDestructive={overlap === "0s"}
      onClose={onClose}
      onConfirm={async () => {
        await callApi("POST", `/webhooks/${webhook.heron_id}/rotate`, { overlap });
        onDone();
      }}
    >
      <RadioGroup
        legend="Old secret"
        value={overlap}
        onChange={setOverlap}
        options={[
          ["24h", `Keep valid until ${formatDate(Date.now() + 86_400_000)}`],
          ["7d", `Keep valid until ${formatDate(Date.now() + 604_800_000)}`],
          ["0s", "Revoke now (it leaked). Deliveries fail until receivers use the new secret."],
        ]}
      />
    </ConfirmDialog>
  );
}

export function DisableDialog({
  webhook,
  onClose,
  onDone,
}: WebhookDialogProps & { readonly onDone: () => void }) {
  const { heron_id: id } = webhook;
  return (
    <ConfirmDialog
      title={`Disable ${getWebhookName(webhook)}?`}
      confirmLabel="Disable"
      onClose={onClose}
      onConfirm={async () => {
        await callApi("PUT", `/webhooks/${id}`, { is_enabled: false });
        onDone();
      }}
    >
      <p aria-live="polite">
        It receives nothing until you enable it.{" "}
        <PendingCount
          id={id}
          format={(count) => `${count} will be kept.`}
          emptyText="There are no pending deliveries."
        />{" "}
        New events are not queued; replay missed events after enabling it.
      </p>
    </ConfirmDialog>
  );
}

export function formatDate(at: number): string {
  const day = new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  return `${day}, ${formatClock(at, false)}`;
}
