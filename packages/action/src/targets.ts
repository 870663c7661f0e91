import { notice, warning } from "@actions/core";
import { type BodyFormat, HeronError, isLoopback, slackUrlKind, webhookUrl } from "@heron-webhooks/core";
import { refuseExpression } from "./expressions.ts";
import { type InputName, type Inputs, wrong } from "./inputs.ts";

/** A webhook to deliver to. */
export interface Target {
  /** How it is called in log, annotations and outputs: its host, since the rest may be secret. */
  readonly label: string;
  readonly url: string;
  readonly format: BodyFormat;
  /** What to sign with; none for Slack. */
  readonly secret?: string;
}

/** There is nothing to send, and that is as it should be. */
export class Skip extends Error {}

/** The runner keeps the first ten annotations of a kind, and each failure has one. */
const MOST_TARGETS = 10;
const SHORT_SECRET = 16;

/**
 * The webhooks that the inputs name.
 * @throws HeronError `option_invalid`, `url_invalid`, `secret_missing`, `secret_invalid`
 * @throws Skip if a URL or secret is missing, and `ifMissing` says to skip
 */
export function targetsOf(inputs: Inputs, ifMissing: "fail" | "skip"): readonly Target[] {
  const urls = [
    ...inputs.lines("url").map((text, i) => target("url", text, i)),
    ...inputs.lines("slack-webhook").map((text, i) => target("slack-webhook", text, i)),
  ];
  if (urls.length === 0)
    missing(ifMissing, "option_invalid", "Neither url nor slack-webhook says where to send to");
  if (urls.length > MOST_TARGETS)
    throw wrong("url", `and slack-webhook name more than ${MOST_TARGETS} webhooks`);
  const targets = signed(urls, inputs, ifMissing);
  return targets.map((one) => {
    const same = targets.filter(({ label }) => label === one.label);
    return same.length === 1 ? one : { ...one, label: `${one.label} (${same.indexOf(one) + 1})` };
  });
}

function target(name: InputName, text: string, index: number): Target {
  refuseExpression(name, text);
  try {
    const url = webhookUrl(text, { http: "loopback" });
    return { label: url.host, url: url.href, format: formatOf(name, url) };
  } catch (error) {
    if (!HeronError.is(error)) throw error;
    throw new HeronError(error.code, `Input ${name}, line ${index + 1}: ${error.message}`, { cause: error });
  }
}

function formatOf(name: InputName, url: URL): BodyFormat {
  const kind = slackUrlKind(url.href);
  if (kind === "workflow") return "slack-workflow";
  if (kind !== null) return "slack";
  if (name === "url") return "heron";
  // What stands in for Slack on this machine is told apart by its path, as Slack's own is.
  return isLoopback(url.hostname) && /^\/(?:triggers|workflows)\//.test(url.pathname)
    ? "slack-workflow"
    : "slack";
}

/** The targets, each that is to be signed with its secret. */
function signed(targets: readonly Target[], inputs: Inputs, ifMissing: "fail" | "skip"): readonly Target[] {
  const secrets = inputs.lines("secret");
  const unsigned = targets.filter(({ format }) => format === "heron");
  if (unsigned.length === 0) return targets;
  if (secrets.length === 0) return withoutSecret(targets, ifMissing);
  if (secrets.length !== 1 && secrets.length !== unsigned.length)
    throw wrong(
      "secret",
      `must be one line for all, or one for each of the ${unsigned.length} URLs that are signed; it has ${secrets.length}`,
    );
  for (const secret of secrets) checkSecret(secret);
  let next = 0;
  return targets.map((one) => {
    if (one.format !== "heron") return one;
    const secret = secrets[secrets.length === 1 ? 0 : next++] as string;
    return { ...one, secret };
  });
}

function withoutSecret(targets: readonly Target[], ifMissing: "fail" | "skip"): readonly Target[] {
  const rest = targets.filter(({ format }) => format !== "heron");
  const why = "Input secret is empty, so the event for url cannot be signed";
  if (rest.length === 0 || ifMissing === "fail") missing(ifMissing, "secret_missing", why);
  notice(`${why} and is not sent there.`, { title: "Heron Webhooks" });
  return rest;
}

function checkSecret(secret: string): void {
  refuseExpression("secret", secret);
  if (secret.startsWith("whsec_"))
    throw new HeronError(
      "secret_invalid",
      "Input secret begins with whsec_, which is how Standard Webhooks libraries spell a key in base64; here a secret's own characters are the key, so signatures would not match. Take a secret such as sec_… at both ends; the receiver's library gets whsec_ and the base64 of it.",
    );
  if (secret.length < SHORT_SECRET)
    warning(`A secret of ${secret.length} characters can be guessed: take at least 32 random ones.`, {
      title: "Heron Webhooks",
    });
}

function missing(ifMissing: "fail" | "skip", code: "option_invalid" | "secret_missing", why: string): never {
  if (ifMissing === "skip") throw new Skip(why);
  throw new HeronError(
    code,
    `${why}. GitHub gives no secrets to pull requests from forks and of Dependabot: if that is so here, add "if-missing: skip". Otherwise look at the secret's name, and at where it was set.`,
  );
}
