import type { WebhookDto } from "../../src/api/dto/webhook-dto.ts";

/** What people call it by: what they wrote of it, else where it posts to. */
export function getWebhookName({ description, url }: Pick<WebhookDto, "description" | "url">): string {
  return description === "" ? toHostAndPath(url) : description;
}

/** Host and path, since several may post to one host; the path is left out where it is masked. */
function toHostAndPath(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname } = new URL(url);
  return pathname === "/" || url.includes("•") ? host : `${host}${pathname}`;
}

export function getHost(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
