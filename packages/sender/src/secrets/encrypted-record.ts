import { getSlackUrlKind } from "@heron-webhooks/core/slack";
import type { WebhookRecord } from "@heron-webhooks/engine";
import { isEncrypted, type SecretCipher } from "./cipher.ts";

/** The secret parts of a webhook: its secrets, header values, and a Slack URL. */
type SecretFields = Pick<WebhookRecord, "id" | "format" | "url" | "headers" | "secrets">;

/** Encrypts the secret fields of a record. */
export function encryptRecord<T extends SecretFields>(record: T, cipher: SecretCipher): T {
  return mapSecrets(record, (text, context) => cipher.encrypt(text, context));
}

/**
 * Decrypts the secret fields of a record.
 * @throws HeronError `secret_unavailable`
 */
export function decryptRecord<T extends SecretFields>(record: T, cipher: SecretCipher): T {
  return mapSecrets(record, (text, context) => cipher.decrypt(text, context));
}

/** Whether all secret fields are stored as they would be now. */
export function isEncryptedWithCurrentKey(record: SecretFields, cipher: SecretCipher): boolean {
  let isCurrent = true;
  mapSecrets(record, (text) => {
    isCurrent &&= cipher.isCurrent(text);
    return text;
  });
  return isCurrent;
}

function mapSecrets<T extends SecretFields>(record: T, map: (text: string, context: string) => string): T {
  const { id, format, url, headers, secrets } = record;
  return {
    ...record,
    url: isSecretUrl(format, url) ? map(url, `${id} url`) : url,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        map(value, `${id} header ${name.toLowerCase()}`),
      ]),
    ),
    secrets: secrets.map((secret) => ({ ...secret, value: map(secret.value, `${id} secret`) })),
  };
}

/** A Slack URL is a credential in any format, and so may be the URL of a stand-in for Slack. */
function isSecretUrl(format: SecretFields["format"], url: string): boolean {
  return format !== "heron" || isEncrypted(url) || getSlackUrlKind(url) !== null;
}
