import type { WebhookDto } from "../../src/api/dto/webhook-dto.ts";
import { filterWebhooks } from "../webhook/filter-webhooks.ts";

export interface JumpTarget {
  readonly kind: string;
  readonly name: string;
  readonly hint: string;
  /** Relative to the mount. */
  readonly to: string;
}

export interface JumpSources {
  readonly webhooks: readonly Pick<WebhookDto, "heron_id" | "description" | "url" | "topics">[];
  readonly topics: readonly string[];
  readonly pages: readonly JumpTarget[];
}

const MAX_TARGETS_PER_KIND = 6;

/** Finds targets for a text, best match first. */
export function findTargets(text: string, { webhooks, topics, pages }: JumpSources): readonly JumpTarget[] {
  const query = text.trim();
  const lowerCaseQuery = query.toLowerCase();
  const idTarget = findIdTarget(query);
  return [
    ...(idTarget === null ? [] : [idTarget]),
    ...pages.filter(({ name }) => name.toLowerCase().includes(lowerCaseQuery)),
    ...filterWebhooks(webhooks, query).slice(0, MAX_TARGETS_PER_KIND).map(toWebhookTarget),
    ...topics
      .filter((topic) => lowerCaseQuery !== "" && topic.toLowerCase().includes(lowerCaseQuery))
      .slice(0, MAX_TARGETS_PER_KIND)
      .map((topic) => ({
        kind: "Topic",
        name: topic,
        hint: "webhooks with this topic",
        to: `webhooks?${new URLSearchParams({ q: topic })}`,
      })),
    ...(query === "" || idTarget !== null
      ? []
      : [
          {
            kind: "User",
            name: query,
            hint: "user properties",
            to: `users?${new URLSearchParams({ user: query })}`,
          },
        ]),
  ];
}

/** Finds an id in pasted text. Its prefix identifies the kind. */
function findIdTarget(text: string): JumpTarget | null {
  const [delivery] = /\bdlv_[\w-]+/.exec(text) ?? [];
  if (delivery !== undefined)
    return { kind: "Delivery", name: delivery, hint: "by ID", to: `deliveries/${delivery}` };
  const [webhook] = /\bwbh_[\w-]+/.exec(text) ?? [];
  if (webhook !== undefined)
    return { kind: "Webhook", name: webhook, hint: "by ID", to: `webhooks/${webhook}` };
  return null;
}

function toWebhookTarget({ heron_id, description, url }: JumpSources["webhooks"][number]): JumpTarget {
  const host = URL.canParse(url) ? new URL(url).host : url;
  const name = description === "" ? host : description;
  return { kind: "Webhook", name, hint: url, to: `webhooks/${heron_id}` };
}
