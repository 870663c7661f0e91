/** Shorter pieces of base64 match unrelated text. */
const MIN_BASE64_LENGTH = 8;

/**
 * The encodings of a secret to mask: plain, URL, form, JSON, HTML, hex and base64, in either case.
 * Base64 has three alignments, since other bytes can precede the secret.
 */
export function getEncodings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  const base64Encodings = [0, 1, 2].map((from) =>
    bytes.subarray(from, from + 3 * Math.floor((bytes.length - from) / 3)).toString("base64"),
  );
  const text = bytes.toString("utf8");
  const urlEncoded = encodeURIComponent(text);
  const htmlEscaped = text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
  const encodings = [
    text,
    encodeURI(text),
    urlEncoded,
    urlEncoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
    new URLSearchParams({ "": text }).toString().slice(1),
    JSON.stringify(text).slice(1, -1),
    htmlEscaped,
    htmlEscaped.replaceAll("'", "&#39;"),
    htmlEscaped.replaceAll("'", "&apos;"),
    bytes.toString("hex"),
    ...base64Encodings.filter(({ length }) => length >= MIN_BASE64_LENGTH),
  ];
  return [
    ...new Set(
      encodings.flatMap((encoding) => [encoding, encoding.replaceAll("%20", "+"), toBase64Url(encoding)]),
    ),
  ];
}

/** Base64 in the URL-safe alphabet. */
function toBase64Url(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}
