import { HeronError } from "@heron-webhooks/core";
import type { Page, WebhookRecord, WebhookStore } from "@heron-webhooks/engine";
import type { SecretCipher } from "../secrets/cipher.ts";
import { isEncryptedWithCurrentKey } from "../secrets/encrypted-record.ts";

/** Rewrites every webhook that is not encrypted with the current key. Returns their number. */
export async function reencryptAll(
  webhooks: WebhookStore,
  cipher: SecretCipher,
  rewrite: (id: string) => Promise<unknown>,
): Promise<number> {
  let count = 0;
  for (let after: string | null | undefined; after !== null; ) {
    const { data, nextCursor }: Page<WebhookRecord> = await webhooks.list(
      {},
      { cursor: after ?? undefined, limit: 200 },
    );
    for (const record of data)
      if (!isEncryptedWithCurrentKey(record, cipher))
        count += await rewrite(record.id).then(
          () => 1,
          // It was deleted meanwhile.
          (error: unknown) => (HeronError.is(error, "webhook_not_found") ? 0 : Promise.reject(error)),
        );
    after = nextCursor;
  }
  return count;
}
