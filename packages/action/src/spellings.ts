/** Shorter pieces of base64 would be found where they are not meant. */
const SHORTEST_CODED = 8;

/**
 * A secret as it may stand in a text, in either case: as it is, and as URLs, forms, JSON, HTML, hex and base64 have it.
 * Base64 from the first, second or third byte on, since other text may stand before it in one piece.
 */
export function spellingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  const coded = [0, 1, 2].map((from) =>
    bytes.subarray(from, from + 3 * Math.floor((bytes.length - from) / 3)).toString("base64"),
  );
  const text = bytes.toString("utf8");
  const url = encodeURIComponent(text);
  const html = text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
  const all = [
    text,
    encodeURI(text),
    url,
    url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
    new URLSearchParams({ "": text }).toString().slice(1),
    JSON.stringify(text).slice(1, -1),
    html,
    html.replaceAll("'", "&#39;"),
    html.replaceAll("'", "&apos;"),
    bytes.toString("hex"),
    ...coded.filter(({ length }) => length >= SHORTEST_CODED),
  ];
  return [...new Set(all.flatMap((one) => [one, one.replaceAll("%20", "+"), urlSafe(one)]))];
}

/** Base64 in the alphabet that URLs can hold. */
function urlSafe(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}
