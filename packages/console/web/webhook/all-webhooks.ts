import { ask, type Webhook } from "../api.ts";

interface WebhookPage {
  readonly webhooks: readonly Webhook[];
  readonly next_cursor: string | null;
}

/** All of the account's. */
export async function allWebhooks(): Promise<readonly Webhook[]> {
  const all: Webhook[] = [];
  for (let cursor = ""; ; ) {
    const page = await ask<WebhookPage>("GET", `/webhooks?limit=200${cursor}`);
    all.push(...page.webhooks);
    if (page.next_cursor === null) return all;
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}

/** What people call it by: what they wrote of it, else where it posts to. */
export function nameOf({ description, url }: Pick<Webhook, "description" | "url">): string {
  return description === "" ? hostOf(url) : description;
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
