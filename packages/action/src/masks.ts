import { setSecret, warning } from "@actions/core";
import type { Inputs } from "./inputs.ts";

/** A mask this short would blacken harmless parts of every line of the log. */
const SHORTEST = 4;
/** Header values that tell nobody anything, and whose masks would blacken much. */
const PUBLIC_HEADERS: ReadonlySet<string> = new Set(["accept", "content-type", "user-agent"]);

const masked = new Set<string>();

/**
 * Has the runner mask whatever is secret in the inputs: signing secrets, URLs with the parts that may be secret, the
 * values of headers, the client's key, a proxy's password. To be called before anything is printed.
 */
export function maskSecrets(inputs: Inputs, env: NodeJS.ProcessEnv): void {
  for (const secret of inputs.lines("secret")) {
    if (secret.length < SHORTEST)
      warning(`A secret under ${SHORTEST} characters cannot be masked in the log: give a longer one.`);
    mask(secret);
  }
  for (const url of [...inputs.lines("url"), ...inputs.lines("slack-webhook")]) maskUrl(url);
  for (const line of inputs.lines("headers")) maskHeader(line);
  if (inputs.text("client-key").includes("-----")) mask(inputs.text("client-key"));
  for (const name of ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]) maskCredentials(env[name]);
}

/** The text with everything masked in it blackened: for what leaves by a way that the runner does not mask. */
export function redacted(text: string): string {
  let safe = text;
  for (const secret of masked) safe = safe.replaceAll(secret, "***");
  return safe;
}

function mask(secret: string): void {
  if (secret.length < SHORTEST || masked.has(secret)) return;
  setSecret(secret);
  for (const spelling of [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret, "utf8").toString("base64"),
    Buffer.from(secret, "utf8").toString("base64url"),
    Buffer.from(secret, "utf8").toString("hex"),
  ])
    masked.add(spelling);
}

function maskUrl(text: string): void {
  mask(text);
  if (!URL.canParse(text)) return;
  const { pathname, search, searchParams, username, password } = new URL(text);
  // A path is a credential at Slack and at many others, and nothing is lost when a harmless one is masked.
  if (pathname.length > 8) mask(pathname);
  for (const segment of pathname.split("/")) if (segment.length >= 16) mask(segment);
  if (search !== "") mask(search.slice(1));
  for (const value of searchParams.values()) mask(value);
  mask(username);
  mask(password);
}

function maskHeader(line: string): void {
  const [name = "", ...rest] = line.split(":");
  const value = rest.join(":").trim();
  if (PUBLIC_HEADERS.has(name.trim().toLowerCase())) return;
  mask(value);
  // The runner masks the whole value; what follows "Bearer" is the secret, wherever else it shows up.
  const [scheme = "", credential = ""] = value.split(/\s+/, 2);
  if (/^(?:basic|bearer|token)$/i.test(scheme)) mask(credential);
}

function maskCredentials(proxy: string | undefined): void {
  if (proxy === undefined || !URL.canParse(proxy)) return;
  const { username, password } = new URL(proxy);
  mask(password);
  if (password !== "") mask(`${username}:${password}`);
}
