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
