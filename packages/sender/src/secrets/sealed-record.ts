import { slackUrlKind } from "@heron-webhooks/core";
import type { WebhookRecord } from "@heron-webhooks/engine";
import { isSealed, type Seal } from "./seal.ts";

/** What of a webhook is secret: its secrets, the values of its headers, and the URL where that is Slack's. */
type Secretive = Pick<WebhookRecord, "id" | "format" | "url" | "headers" | "secrets">;

/** The record as it is kept. */
export function sealRecord<T extends Secretive>(record: T, seal: Seal): T {
  return mapped(record, (text, place) => seal.seal(text, place));
}

/**
 * The record as it is used.
 * @throws HeronError `secret_unavailable`
 */
export function openRecord<T extends Secretive>(record: T, seal: Seal): T {
  return mapped(record, (text, place) => seal.open(text, place));
}

/** Whether everything secret is kept as it would be kept now. */
export function isSealedAsNow(record: Secretive, seal: Seal): boolean {
  let current = true;
  mapped(record, (text) => {
    current &&= seal.isCurrent(text);
    return text;
  });
  return current;
}

function mapped<T extends Secretive>(record: T, map: (text: string, place: string) => string): T {
  const { id, format, url, headers, secrets } = record;
  return {
    ...record,
    url: isSecret(format, url) ? map(url, `${id} url`) : url,
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
function isSecret(format: Secretive["format"], url: string): boolean {
  return format !== "heron" || isSealed(url) || slackUrlKind(url) !== null;
}
