import { callApi } from "../api.ts";
import { ConfirmDialog } from "../dialog/confirm-dialog.tsx";
import { pluralize } from "../format.ts";
import { useResource } from "../parts/resource.tsx";
import { navigate } from "../router.tsx";
import { loadAllWebhooks } from "../webhook/load-webhooks.ts";
import type { Label } from "./label.ts";

export function DeleteLabelDialog({
  label,
  onClose,
}: {
  readonly label: Label;
  readonly onClose: () => void;
}) {
  return (
    <ConfirmDialog
      title={`Delete the label ${label.name}?`}
      confirmLabel="Delete label"
      isDestructive
      onClose={onClose}
      onConfirm={async () => {
        await callApi("DELETE", `/labels/${encodeURIComponent(label.name)}`);
        navigate("labels");
      }}
    >
      <p aria-live="polite">
        New events no longer get the topic <code>{label.topic}</code>. <LabelUsage topic={label.topic} />
      </p>
      <p class="hint">Existing events and deliveries are kept.</p>
    </ConfirmDialog>
  );
}

function LabelUsage({ topic }: { readonly topic: string }) {
  const webhooks = useResource("webhooks", loadAllWebhooks);
  if (webhooks.failure !== undefined) return <>Could not check which webhooks use it.</>;
  if (webhooks.value === undefined) return <>Checking which webhooks use it…</>;
  const count = webhooks.value.filter(({ topics }) => topics.includes(topic)).length;
  if (count === 0) return <>No webhook uses it directly.</>;
  return (
    <>
      {pluralize(count, "webhook")} {count === 1 ? "uses" : "use"} it and will stop receiving its events.
    </>
  );
}
