import { callApi } from "../api.ts";
import { ConfirmDialog } from "../dialog/confirm-dialog.tsx";
import { useResource } from "../parts/resource.tsx";
import { navigate } from "../router.tsx";
import { loadAllWebhooks } from "../webhook/load-webhooks.ts";
import { pluralize } from "../format.ts";
import type { Label } from "./label.ts";

/** Before a label is deleted. */
export function DeleteLabelDialog({ label, close: onClose }: { readonly label: Label; readonly close: () => void }) {
  return (
    <ConfirmDialog
      title={`Delete the label ${label.name}?`}
      confirmLabel="Delete it"
      isDestructive
      onClose={onClose}
      onConfirm={async () => {
        await callApi("DELETE", `/labels/${encodeURIComponent(label.name)}`);
        navigate("labels");
      }}
    >
      <p aria-live="polite">
        From then on no event is a <code>{label.topic}</code>. <LabelUsage topic={label.topic} />
      </p>
      <p class="hint">Existing events and deliveries are kept.</p>
    </ConfirmDialog>
  );
}

/** Who will get nothing of it any more. */
function LabelUsage({ topic }: { readonly topic: string }) {
  const webhooks = useResource("webhooks", loadAllWebhooks);
  if (webhooks.failure !== undefined) return <>Could not check which webhooks use it.</>;
  if (webhooks.value === undefined) return <>Looking which webhooks ask for it…</>;
  const count = webhooks.value.filter(({ topics }) => topics.includes(topic)).length;
  if (count === 0) return <>No webhook uses it directly.</>;
  return (
    <>
      {pluralize(count, "webhook")} {count === 1 ? "asks" : "ask"} for it by name, and will get nothing more of it.
    </>
  );
}
