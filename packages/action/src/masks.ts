import { setSecret } from "@actions/core";
import { getEncodings } from "./encodings.ts";
import type { Inputs } from "./inputs.ts";

/** A shorter mask would hide harmless parts of every log line. */
const MIN_MASK_LENGTH = 4;
/** Values of outputs are never masked: the runner drops outputs that contain a mask, as for `?wait=true`. */
const PUBLIC_VALUE = /^(?:true|false|delivered|failed|heron|slack|\d{1,5})$/i;
/** Header values that are not secret, and whose masks would hide much of the log. */
const PUBLIC_HEADERS: ReadonlySet<string> = new Set(["accept", "content-type", "user-agent"]);

const maskedSecrets = new Set<string>();

/**
 * Masks all secrets in the inputs: signing secrets, secret parts of URLs, header values, the client's key, a proxy's
 * password. Call it before anything is printed.
 */
export function maskSecrets(inputs: Inputs, env: NodeJS.ProcessEnv): void {
  for (const secret of inputs.getLines("secret")) mask(secret);
  for (const url of [...inputs.getLines("url"), ...inputs.getLines("slack-webhook")]) maskUrl(url);
  for (const line of inputs.getLines("headers")) maskHeader(line);
  if (inputs.getText("client-key").includes("-----")) mask(inputs.getText("client-key"));
  for (const name of ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]) maskCredentials(env[name]);
}

/** Replaces all masked values in a text, for output that the runner does not mask. */
export function redact(text: string): string {
  // Longest first: one secret can be a prefix of another.
  const encodings = [...maskedSecrets]
    .flatMap(getEncodings)
    .sort((first, second) => second.length - first.length);
  return encodings.reduce(
    (redactedText, encoding) => redactedText.replace(toCaseInsensitivePattern(encoding), "***"),
    text,
  );
}

function toCaseInsensitivePattern(text: string): RegExp {
  return new RegExp(text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&"), "gi");
}

function mask(secret: string): void {
  if (secret.length < MIN_MASK_LENGTH || maskedSecrets.has(secret)) return;
  setSecret(secret);
  maskedSecrets.add(secret);
}

function maskUrl(text: string): void {
  mask(text);
  if (!URL.canParse(text)) return;
  const { pathname, search, searchParams, username, password } = new URL(text);
  // Slack and others put credentials into the path; a plain word such as /webhooks is not secret.
  for (const path of new Set([pathname, safeDecode(pathname)])) {
    if (path.length > 8) mask(path);
    for (const segment of path.split("/")) if (segment.length >= 16 || looksLikeToken(segment)) mask(segment);
  }
  mask(search.slice(1));
  for (const value of searchParams.values()) if (!PUBLIC_VALUE.test(value)) mask(value);
  mask(username);
  mask(password);
}

/** Whether a word looks random. */
function looksLikeToken(word: string): boolean {
  return word.length >= 6 && /\d/.test(word) && /[a-z]/i.test(word);
}

function maskHeader(line: string): void {
  const [name = "", ...rest] = line.split(":");
  const value = rest.join(":").trim();
  if (PUBLIC_HEADERS.has(name.trim().toLowerCase()) || PUBLIC_VALUE.test(value)) return;
  mask(value);
  // The secret follows "Bearer" or "session="; the value of Basic is masked decoded, too.
  const [first = "", ...otherWords] = value.split(/[\s;,]+/);
  for (const word of first.includes("=") ? [first, ...otherWords] : otherWords) {
    mask(word.replace(/^[\w-]+=/, "").replace(/^"|"$/g, ""));
    if (/^basic$/i.test(first)) maskPassword(Buffer.from(word, "base64").toString("utf8"));
  }
}

function maskPassword(credentials: string): void {
  mask(credentials);
  mask(credentials.slice(credentials.indexOf(":") + 1));
}

function maskCredentials(proxy: string | undefined): void {
  const url = proxy?.includes("://") ? proxy : `http://${proxy}`;
  if (!URL.canParse(url)) return;
  const { username, password } = new URL(url);
  // As written, and as sent.
  if (password !== "")
    for (const decode of [String, safeDecode]) maskPassword(`${decode(username)}:${decode(password)}`);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
