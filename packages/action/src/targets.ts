import { notice, warning } from "@actions/core";
import { type BodyFormat, HeronError, isLoopback, slackUrlKind, webhookUrl } from "@heron-webhooks/core";
import { TITLED } from "./annotations.ts";
import { refuseExpression } from "./expressions.ts";
import { type InputName, type Inputs, using, wrong } from "./inputs.ts";

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
const SLACK_HOSTS: ReadonlySet<string> = new Set(["hooks.slack.com", "hooks.slack-gov.com"]);

/**
 * The webhooks that the inputs name.
 * @throws HeronError `option_invalid`, `url_invalid`, `secret_missing`, `secret_invalid`
 * @throws Skip if a URL or secret is missing, and `ifMissing` says to skip
 */
export function targetsOf(inputs: Inputs, ifMissing: "fail" | "skip"): readonly Target[] {
  const urls = [...named("url", inputs, ifMissing), ...named("slack-webhook", inputs, ifMissing)];
  if (urls.every(({ url }) => url === ""))
    missing(ifMissing, "option_invalid", "Neither url nor slack-webhook says where to send to");
  if (urls.length > MOST_TARGETS)
    throw wrong("url", `and slack-webhook name more than ${MOST_TARGETS} webhooks`);
  const targets = signed(urls, inputs, ifMissing).filter(({ url }) => url !== "");
  return targets.map((one) => {
    const same = targets.filter(({ label }) => label === one.label);
    return same.length === 1 ? one : { ...one, label: `${one.label} (${same.indexOf(one) + 1})` };
  });
}

/** A target for each line, of which one that is empty stands for what is missing: it keeps the place of its secret. */
function named(name: "url" | "slack-webhook", inputs: Inputs, ifMissing: "fail" | "skip"): readonly Target[] {
  if (inputs.lines(name).length === 0) return [];
  return inputs.places(name).map((text, i) => {
    if (text !== "") return target(name, text, i);
    const why = `Input ${name}, line ${i + 1}, is empty`;
    if (ifMissing === "fail") missing(ifMissing, "option_invalid", why);
    notice(`${why}: nothing is sent there.`, TITLED);
    return { label: "", url: "", format: name === "url" ? "heron" : "slack" };
  });
}

function target(name: InputName, text: string, index: number): Target {
  refuseExpression(name, text);
  const url = using(`${name}, line ${index + 1}`, () => webhookUrl(text, { http: "loopback" }));
  return { label: url.host, url: url.href, format: formatOf(name, url) };
}

function formatOf(name: InputName, url: URL): BodyFormat {
  const kind = slackUrlKind(url.href);
  if (kind === "workflow") return "slack-workflow";
  if (kind !== null) return "slack";
  if (SLACK_HOSTS.has(url.hostname))
    throw wrong(
      name,
      "is on Slack's host, but the URL of none of its webhooks: copy the whole of it, https://hooks.slack.com/services/…",
    );
  if (name === "url") return "heron";
  // What stands in for Slack on this machine is told apart by its path, as Slack's own is.
  return isLoopback(url.hostname) && /^\/(?:triggers|workflows)\//.test(url.pathname)
    ? "slack-workflow"
    : "slack";
}

/** The targets, each that is to be signed with its secret; those without one are left out, if they may be missing. */
function signed(targets: readonly Target[], inputs: Inputs, ifMissing: "fail" | "skip"): readonly Target[] {
  const unsigned = targets.filter(({ format }) => format === "heron").length;
  if (unsigned === 0) return targets;
  const secrets = secretsFor(unsigned, inputs);
  let next = 0;
  const all = targets.map((one) =>
    one.format === "heron" ? { ...one, secret: secrets[next++] ?? "" } : one,
  );
  const rest = all.filter(({ secret }) => secret !== "");
  if (rest.length === all.length) return all;
  const line = secrets.every((secret) => secret === "") ? "" : `, line ${secrets.indexOf("") + 1},`;
  const why = `Input secret${line} is empty, so the event for url cannot be signed`;
  if (rest.length === 0 || ifMissing === "fail") missing(ifMissing, "secret_missing", why);
  notice(`${why} and is not sent there.`, TITLED);
  return rest;
}

/** A secret for each webhook that is signed; `""` where there is none. */
function secretsFor(webhooks: number, inputs: Inputs): readonly string[] {
  const given = inputs.lines("secret");
  // A line that is empty holds the place of its secret: the next one is another webhook's.
  const places = inputs.places("secret");
  const secrets = places.length === webhooks ? places : given;
  if (secrets.length > 1 && secrets.length !== webhooks)
    throw wrong(
      "secret",
      `must be one line for all, or one for each of the ${webhooks} URLs that are signed; it has ${secrets.length}`,
    );
  for (const secret of given) checkSecret(secret);
  return secrets.length > 1 ? secrets : Array<string>(webhooks).fill(secrets[0] ?? "");
}

function checkSecret(secret: string): void {
  refuseExpression("secret", secret);
  if (secret.startsWith("whsec_"))
    throw new HeronError(
      "secret_invalid",
      "Input secret begins with whsec_, as a key in base64 does; here a secret's own characters are the key, and nothing would verify. Take one such as sec_… at both ends.",
    );
  if (secret.length < SHORT_SECRET)
    warning(
      `A secret of ${secret.length} characters can be guessed, and under 4 cannot be masked: take 32 random ones.`,
      TITLED,
    );
}

function missing(ifMissing: "fail" | "skip", code: "option_invalid" | "secret_missing", why: string): never {
  if (ifMissing === "skip") throw new Skip(why);
  throw new HeronError(
    code,
    `${why}. GitHub gives no secrets to pull requests from forks and of Dependabot: for these, add "if-missing: skip". Otherwise look at the secret's name, and where it was set.`,
  );
}
