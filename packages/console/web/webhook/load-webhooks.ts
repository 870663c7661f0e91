import { callApi, type Webhook } from "../api.ts";

interface WebhookPage {
  readonly webhooks: readonly Webhook[];
  readonly next_cursor: string | null;
}

export async function loadAllWebhooks(): Promise<readonly Webhook[]> {
  const webhooks: Webhook[] = [];
  for (let cursor = ""; ; ) {
    const page = await callApi<WebhookPage>("GET", `/webhooks?limit=200${cursor}`);
    webhooks.push(...page.webhooks);
    if (page.next_cursor === null) return webhooks;
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}
