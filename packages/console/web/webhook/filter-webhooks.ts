import type { WebhookDto } from "../../src/api/dto/webhook-dto.ts";

type SearchableWebhook = Pick<WebhookDto, "heron_id" | "description" | "url" | "topics">;

/** Webhooks whose name, URL, topics or id contain every word of a text. */
export function filterWebhooks<T extends SearchableWebhook>(
  webhooks: readonly T[],
  text: string,
): readonly T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return webhooks.filter(({ heron_id, description, url, topics }) => {
    const searchText = [heron_id, description, url, ...topics].join("\n").toLowerCase();
    return words.every((word) => searchText.includes(word));
  });
}
