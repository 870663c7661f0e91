import { getSlackUrlKind } from "@heron-webhooks/core";
import type { WebhookRecord } from "@heron-webhooks/engine";
import { isEncrypted, type SecretCipher } from "./cipher.ts";

/** What of a webhook is secret: its secrets, the values of its headers, and the URL where that is Slack's. */
type SecretFields = Pick<WebhookRecord, "id" | "format" | "url" | "headers" | "secrets">;

/** The record as it is kept. */
export function encryptRecord<T extends SecretFields>(record: T, cipher: SecretCipher): T {
  return mapSecrets(record, (text, context) => cipher.encrypt(text, context));
}

/**
 * The record as it is used.
 * @throws HeronError `secret_unavailable`
 */
export function decryptRecord<T extends SecretFields>(record: T, cipher: SecretCipher): T {
  return mapSecrets(record, (text, context) => cipher.decrypt(text, context));
}

/** Whether everything secret is kept as it would be kept now. */
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

/** A URL of Slack's is a credential whatever is sent there, and so may be that of what stands in for Slack. */
function isSecretUrl(format: SecretFields["format"], url: string): boolean {
  return format !== "heron" || isEncrypted(url) || getSlackUrlKind(url) !== null;
}
