import type { ShownWebhook } from "../../src/api/shown.ts";
import { matching } from "../webhook/matching.ts";

/** Somewhere to jump to. */
export interface Target {
  readonly kind: string;
  readonly name: string;
  readonly hint: string;
  /** Below the mount. */
  readonly to: string;
}

export interface Known {
  readonly webhooks: readonly Pick<ShownWebhook, "heron_id" | "description" | "url" | "topics">[];
  readonly topics: readonly string[];
  readonly pages: readonly Target[];
}

/** So many of a kind are listed. */
const MOST = 6;

/** Where a text may lead, the likeliest first. */
export function targetsFor(text: string, { webhooks, topics, pages }: Known): readonly Target[] {
  const wanted = text.trim();
  const lower = wanted.toLowerCase();
  const id = idIn(wanted);
  return [
    ...(id === null ? [] : [id]),
    ...pages.filter(({ name }) => name.toLowerCase().includes(lower)),
    ...matching(webhooks, wanted).slice(0, MOST).map(webhookTarget),
    ...topics
      .filter((topic) => lower !== "" && topic.toLowerCase().includes(lower))
      .slice(0, MOST)
      .map((topic) => ({
        kind: "Topic",
        name: topic,
        hint: "webhooks that name it",
        to: `webhooks?${new URLSearchParams({ q: topic })}`,
      })),
    ...(wanted === "" || id !== null
      ? []
      : [
          {
            kind: "User",
            name: wanted,
            hint: "what is known of this identity",
            to: `users?${new URLSearchParams({ user: wanted })}`,
          },
        ]),
  ];
}

/** An id says by itself what it is of, wherever it was copied with. */
function idIn(text: string): Target | null {
  const [delivery] = /\bdlv_[\w-]+/.exec(text) ?? [];
  if (delivery !== undefined)
    return { kind: "Delivery", name: delivery, hint: "by its id", to: `deliveries/${delivery}` };
  const [webhook] = /\bwbh_[\w-]+/.exec(text) ?? [];
  if (webhook !== undefined)
    return { kind: "Webhook", name: webhook, hint: "by its id", to: `webhooks/${webhook}` };
  return null;
}

function webhookTarget({ heron_id, description, url }: Known["webhooks"][number]): Target {
  const host = URL.canParse(url) ? new URL(url).host : url;
  const name = description === "" ? host : description;
  return { kind: "Webhook", name, hint: url, to: `webhooks/${heron_id}` };
}
