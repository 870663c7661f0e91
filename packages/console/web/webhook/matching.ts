import type { ShownWebhook } from "../../src/api/shown.ts";

type Sought = Pick<ShownWebhook, "heron_id" | "description" | "url" | "topics">;

/** Webhooks that have every word of a text in their name, address, topics or id. */
export function matching<T extends Sought>(webhooks: readonly T[], text: string): readonly T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return webhooks.filter(({ heron_id, description, url, topics }) => {
    const all = [heron_id, description, url, ...topics].join("\n").toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
