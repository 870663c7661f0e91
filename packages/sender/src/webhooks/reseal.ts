import { HeronError } from "@heron-webhooks/core";
import type { Page, WebhookRecord, WebhookStore } from "@heron-webhooks/engine";
import type { Seal } from "../secrets/seal.ts";
import { isSealedAsNow } from "../secrets/sealed-record.ts";

/** Has every webhook written anew that is not sealed as it would be now. Says how many. */
export async function resealAll(
  webhooks: WebhookStore,
  seal: Seal,
  rewrite: (id: string) => Promise<unknown>,
): Promise<number> {
  let resealed = 0;
  for (let after: string | null | undefined; after !== null; ) {
    const { items, next }: Page<WebhookRecord> = await webhooks.list(
      {},
      { after: after ?? undefined, limit: 200 },
    );
    for (const record of items)
      if (!isSealedAsNow(record, seal))
        resealed += await rewrite(record.id).then(
          () => 1,
          // It was removed meanwhile.
          (error: unknown) => (HeronError.is(error, "webhook_not_found") ? 0 : Promise.reject(error)),
        );
    after = next;
  }
  return resealed;
}
