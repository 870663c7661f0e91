import type { ShownWebhook } from "../../src/api/shown.ts";

/** What people call it by: what they wrote of it, else where it posts to. */
export function nameOf({ description, url }: Pick<ShownWebhook, "description" | "url">): string {
  return description === "" ? placeOf(url) : description;
}

/** Host and path, since several may post to one host; the path is left out where it is masked. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname } = new URL(url);
  return pathname === "/" || url.includes("•") ? host : `${host}${pathname}`;
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
