import { ask } from "../api.ts";
import { Confirm } from "../dialog/confirm.tsx";
import { useLoaded } from "../parts/loaded.tsx";
import { go } from "../router.tsx";
import { allWebhooks } from "../webhook/all-webhooks.ts";
import { many } from "../words.ts";
import type { Label } from "./label.ts";

/** Before a label is deleted. */
export function LabelRemoval({ label, close }: { readonly label: Label; readonly close: () => void }) {
  return (
    <Confirm
      title={`Delete the label ${label.name}?`}
      verb="Delete it"
      isDangerous
      close={close}
      run={async () => {
        await ask("DELETE", `/labels/${encodeURIComponent(label.name)}`);
        go("labels");
      }}
    >
      <p aria-live="polite">
        From then on no event is a <code>{label.topic}</code>. <Asking topic={label.topic} />
      </p>
      <p class="hint">What was made of it before stays, and is delivered.</p>
    </Confirm>
  );
}

/** Who will get nothing of it any more. */
function Asking({ topic }: { readonly topic: string }) {
  const webhooks = useLoaded("webhooks", allWebhooks);
  if (webhooks.failure !== undefined) return <>Which webhooks ask for it could not be found out.</>;
  if (webhooks.value === undefined) return <>Looking which webhooks ask for it…</>;
  const count = webhooks.value.filter(({ topics }) => topics.includes(topic)).length;
  if (count === 0) return <>No webhook asks for it by name.</>;
  return (
    <>
      {many(count, "webhook")} {count === 1 ? "asks" : "ask"} for it by name, and will get nothing more of it.
    </>
  );
}
