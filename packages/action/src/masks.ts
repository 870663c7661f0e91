import { setSecret } from "@actions/core";
import { getEncodings } from "./encodings.ts";
import type { Inputs } from "./inputs.ts";

/** A shorter mask would blacken harmless parts of every line of the log. */
const MIN_MASK_LENGTH = 4;
/** What outputs hold, so that it is nobody's secret: a query such as `?wait=true` would keep them from other jobs. */
const PUBLIC_VALUE = /^(?:true|false|delivered|failed|heron|slack|\d{1,5})$/i;
/** Header values that tell nobody anything, and whose masks would blacken much. */
const PUBLIC_HEADERS: ReadonlySet<string> = new Set(["accept", "content-type", "user-agent"]);

const maskedSecrets = new Set<string>();

/**
 * Has the runner mask whatever is secret in the inputs: signing secrets, URLs with the parts that may be secret, the
 * values of headers, the client's key, a proxy's password. To be called before anything is printed.
 */
export function maskSecrets(inputs: Inputs, env: NodeJS.ProcessEnv): void {
  for (const secret of inputs.getLines("secret")) mask(secret);
  for (const url of [...inputs.getLines("url"), ...inputs.getLines("slack-webhook")]) maskUrl(url);
  for (const line of inputs.getLines("headers")) maskHeader(line);
  if (inputs.getText("client-key").includes("-----")) mask(inputs.getText("client-key"));
  for (const name of ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]) maskCredentials(env[name]);
}

/** The text with everything masked in it blackened: for what leaves by a way that the runner does not mask. */
export function redact(text: string): string {
  // The longest first: a secret may begin as another does.
  const spellings = [...maskedSecrets]
    .flatMap(getEncodings)
    .sort((first, second) => second.length - first.length);
  return spellings.reduce(
    (redactedText, spelling) => redactedText.replace(toCaseInsensitivePattern(spelling), "***"),
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
  // A path is a credential at Slack and at many others; a word of it, such as /webhooks, is none.
  for (const path of new Set([pathname, safeDecode(pathname)])) {
    if (path.length > 8) mask(path);
    for (const segment of path.split("/")) if (segment.length >= 16 || looksLikeToken(segment)) mask(segment);
  }
  mask(search.slice(1));
  for (const value of searchParams.values()) if (!PUBLIC_VALUE.test(value)) mask(value);
  mask(username);
  mask(password);
}

/** Whether a word looks made up, by a machine or for a secret. */
function looksLikeToken(word: string): boolean {
  return word.length >= 6 && /\d/.test(word) && /[a-z]/i.test(word);
}

function maskHeader(line: string): void {
  const [name = "", ...rest] = line.split(":");
  const value = rest.join(":").trim();
  if (PUBLIC_HEADERS.has(name.trim().toLowerCase()) || PUBLIC_VALUE.test(value)) return;
  mask(value);
  // What follows "Bearer" or "session=" is the secret, wherever else it shows up; what a word of Basic holds, too.
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
  // As it is written, and as it is sent.
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
