/**
 * Masking as the runner does it: of every value, of a fixed list of its encodings, and of nothing else.
 * @module
 */

type Encoder = (value: string) => string;

/** The runner's own list, which is shorter than what a secret can be disguised as; see `getMaskEncodings`. */
const encoders: readonly Encoder[] = [
  (value) => base64(value, 0),
  (value) => base64(value, 1),
  (value) => base64(value, 2),
  (value) => value.replaceAll('"', '\\"'),
  (value) => value.replaceAll("'", "''"),
  jsonEscaped,
  uriEscaped,
  xmlEscaped,
  (value) => (value.length > 8 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : ""),
  (value) => section(value).before,
  (value) => section(value).after,
];

/** Holds what must not be shown, and replaces it by `***`. */
export class Masker {
  readonly #originals = new Set<string>();
  readonly #values = new Set<string>();

  /** Masks a value and its encodings. */
  add(value: string): void {
    if (value === "" || this.#originals.has(value)) return;
    this.#originals.add(value);
    for (const masked of [value, ...encoders.map((encode) => encode(value))])
      if (masked !== "") this.#values.add(masked);
  }

  /** Masks a value, and each of its lines by itself, since a log is masked line by line. */
  addWithLines(value: string): void {
    this.add(value);
    for (const line of value.split(/[\r\n]/)) this.add(line.trim());
  }

  /** What overlaps or touches becomes one `***`. */
  mask(text: string): string {
    const found: [start: number, end: number][] = [];
    for (const value of this.#values)
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
        found.push([at, at + value.length]);
    found.sort(([one], [other]) => one - other);
    let masked = "";
    let done = 0;
    for (let at = 0; at < found.length; ) {
      const [start, firstEnd] = found[at++] as [number, number];
      let end = firstEnd;
      for (let next = found[at]; next !== undefined && next[0] <= end; next = found[++at])
        end = Math.max(end, next[1]);
      masked += `${text.slice(done, start)}***`;
      done = end;
    }
    return masked + text.slice(done);
  }

  /** Whether masking would change the text; job outputs of which it would are dropped. */
  holds(text: string): boolean {
    return this.mask(text) !== text;
  }
}

/**
 * Everything that gives a secret away, for tests to look for in what was written: the runner's encodings and
 * hex, base64url, the parts of base64 that do not depend on what stands around the secret, and other spellings
 * of percent encoding. Longest first. Only for secrets of some length: of a short one, pieces occur by chance.
 */
export function getMaskEncodings(secret: string): string[] {
  const hex = Buffer.from(secret).toString("hex");
  const component = encodeURIComponent(wellFormed(secret));
  const found = [
    secret,
    ...encoders.map((encode) => encode(secret)),
    hex,
    hex.toUpperCase(),
    component,
    ...[component, uriEscaped(secret)].flatMap((text) => [
      text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
      text.replaceAll("%20", "+"),
    ]),
    encodeURI(wellFormed(secret)),
    new URLSearchParams([["", secret]]).toString().slice(1),
    xmlEscaped(secret).replaceAll("&apos;", "&#39;"),
    ...[0, 1, 2].flatMap((skipped) => {
      const bytes = Buffer.from(secret).subarray(skipped);
      const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
      return [bytes.toString("base64url"), whole.toString("base64"), whole.toString("base64url")].filter(
        (text) => text.length >= 8,
      );
    }),
  ];
  return [...new Set(found.filter((text) => text !== ""))].sort((one, other) => other.length - one.length);
}

function base64(value: string, skipped: number): string {
  const bytes = Buffer.from(value);
  return bytes.subarray(bytes.length > skipped ? skipped : 0).toString("base64");
}

/** .NET's JSON writers escape three line separators that `JSON.stringify` leaves. */
function jsonEscaped(value: string): string {
  return JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\u0085\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** .NET escapes all but RFC 3986's unreserved characters; `encodeURIComponent` leaves five more. */
function uriEscaped(value: string): string {
  return encodeURIComponent(wellFormed(value)).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function xmlEscaped(value: string): string {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}

/** PowerShell prints a command that failed in two parts, cut at an ampersand; each is masked from 6 characters on. */
function section(value: string): { readonly before: string; readonly after: string } {
  const plus = value.indexOf("&+");
  const cut = plus >= 0 ? plus + 2 : value.lastIndexOf("&") + 1;
  if (cut === 0) return { before: "", after: "" };
  // Of what follows `&+`, the first letter is coloured and so printed apart.
  const [before, after] = [value.slice(0, cut), value.slice(plus >= 0 ? cut + 1 : cut)];
  return { before: before.length >= 6 ? before : "", after: after.length >= 6 ? after : "" };
}

/** A lone surrogate becomes U+FFFD, as it does on its way into UTF-8. */
function wellFormed(value: string): string {
  return Buffer.from(value).toString();
}
