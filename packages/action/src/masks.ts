import { setSecret } from "@actions/core";
import type { Inputs } from "./inputs.ts";
import { spellingsOf } from "./spellings.ts";

/** A shorter mask would blacken harmless parts of every line of the log. */
const SHORTEST = 4;
/** What outputs hold, so that it is nobody's secret: a query such as `?wait=true` would keep them from other jobs. */
const PLAIN = /^(?:true|false|delivered|failed|heron|slack|\d{1,5})$/i;
/** Header values that tell nobody anything, and whose masks would blacken much. */
const PUBLIC_HEADERS: ReadonlySet<string> = new Set(["accept", "content-type", "user-agent"]);

const masked = new Set<string>();

/**
 * Has the runner mask whatever is secret in the inputs: signing secrets, URLs with the parts that may be secret, the
 * values of headers, the client's key, a proxy's password. To be called before anything is printed.
 */
export function maskSecrets(inputs: Inputs, env: NodeJS.ProcessEnv): void {
  for (const secret of inputs.lines("secret")) mask(secret);
  for (const url of [...inputs.lines("url"), ...inputs.lines("slack-webhook")]) maskUrl(url);
  for (const line of inputs.lines("headers")) maskHeader(line);
  if (inputs.text("client-key").includes("-----")) mask(inputs.text("client-key"));
  for (const name of ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]) maskCredentials(env[name]);
}

/** The text with everything masked in it blackened: for what leaves by a way that the runner does not mask. */
export function redacted(text: string): string {
  // The longest first: a secret may begin as another does.
  const spellings = [...masked].flatMap(spellingsOf).sort((one, other) => other.length - one.length);
  return spellings.reduce((safe, spelling) => safe.replace(anyCase(spelling), "***"), text);
}

function anyCase(text: string): RegExp {
  return new RegExp(text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&"), "gi");
}

function mask(secret: string): void {
  if (secret.length < SHORTEST || masked.has(secret)) return;
  setSecret(secret);
  masked.add(secret);
}

function maskUrl(text: string): void {
  mask(text);
  if (!URL.canParse(text)) return;
  const { pathname, search, searchParams, username, password } = new URL(text);
  // A path is a credential at Slack and at many others; a word of it, such as /webhooks, is none.
  for (const path of new Set([pathname, decoded(pathname)])) {
    if (path.length > 8) mask(path);
    for (const segment of path.split("/")) if (segment.length >= 16 || isToken(segment)) mask(segment);
  }
  mask(search.slice(1));
  for (const value of searchParams.values()) if (!PLAIN.test(value)) mask(value);
  mask(username);
  mask(password);
}

/** Whether a word looks made up, by a machine or for a secret. */
function isToken(word: string): boolean {
  return word.length >= 6 && /\d/.test(word) && /[a-z]/i.test(word);
}

function maskHeader(line: string): void {
  const [name = "", ...rest] = line.split(":");
  const value = rest.join(":").trim();
  if (PUBLIC_HEADERS.has(name.trim().toLowerCase()) || PLAIN.test(value)) return;
  mask(value);
  // What follows "Bearer" or "session=" is the secret, wherever else it shows up; what a word of Basic holds, too.
  const [first = "", ...others] = value.split(/[\s;,]+/);
  for (const word of first.includes("=") ? [first, ...others] : others) {
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
    for (const read of [String, decoded]) maskPassword(`${read(username)}:${read(password)}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
