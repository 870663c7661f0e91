import type { WebhookDto } from "../../src/api/dto/webhook-dto.ts";

/** The description, or host and path. */
export function getWebhookName({ description, url }: Pick<WebhookDto, "description" | "url">): string {
  return description === "" ? toHostAndPath(url) : description;
}

/** Includes the path, unless masked, because several webhooks can share a host. */
function toHostAndPath(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname } = new URL(url);
  return pathname === "/" || url.includes("•") ? host : `${host}${pathname}`;
}

export function getHost(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
