import { notice, warning } from "@actions/core";
import { HeronError } from "@heron-webhooks/core";
import { type BodyFormat, isLoopback, parseWebhookUrl } from "@heron-webhooks/core/delivery";
import { getSlackUrlKind } from "@heron-webhooks/core/slack";
import { ANNOTATION_PROPERTIES } from "./annotations.ts";
import { assertNoExpression } from "./expressions.ts";
import { createInputError, type InputName, type Inputs, withInputName } from "./inputs.ts";

/** A webhook to deliver to. */
export interface Target {
  /** Its name in log, annotations and outputs: the host, since the rest may be secret. */
  readonly label: string;
  readonly url: string;
  readonly format: BodyFormat;
  /** The signing secret; none for Slack. */
  readonly secret?: string;
}

/** Thrown to send nothing and succeed. */
export class SkipError extends Error {}

/** The runner keeps the first ten annotations of a kind, and each failure has one. */
const MAX_TARGETS = 10;
const MIN_SECRET_LENGTH = 16;
const SLACK_HOSTS: ReadonlySet<string> = new Set(["hooks.slack.com", "hooks.slack-gov.com"]);

/**
 * Reads the webhooks from the inputs.
 * @throws HeronError `option_invalid`, `url_invalid`, `secret_missing`, `secret_invalid`
 * @throws SkipError if a URL or secret is missing and `ifMissing` is `"skip"`
 */
export function readTargets(inputs: Inputs, ifMissing: "fail" | "skip"): readonly Target[] {
  const urls = [
    ...readInputTargets("url", inputs, ifMissing),
    ...readInputTargets("slack-webhook", inputs, ifMissing),
  ];
  if (urls.every(({ url }) => url === ""))
    throwMissing(ifMissing, "option_invalid", "No destination: set url or slack-webhook");
  if (urls.length > MAX_TARGETS)
    throw createInputError("url", `and slack-webhook name more than ${MAX_TARGETS} webhooks`);
  const targets = addSecrets(urls, inputs, ifMissing).filter(({ url }) => url !== "");
  return targets.map((current) => {
    const sameLabel = targets.filter(({ label }) => label === current.label);
    return sameLabel.length === 1
      ? current
      : { ...current, label: `${current.label} (${sameLabel.indexOf(current) + 1})` };
  });
}

/** A target for each line. An empty line stands for a missing URL and keeps the position of its secret. */
function readInputTargets(
  name: "url" | "slack-webhook",
  inputs: Inputs,
  ifMissing: "fail" | "skip",
): readonly Target[] {
  if (inputs.getLines(name).length === 0) return [];
  return inputs.getAllLines(name).map((text, i) => {
    if (text !== "") return parseTarget(name, text, i);
    const reason = `Input ${name}, line ${i + 1}, is empty`;
    if (ifMissing === "fail") throwMissing(ifMissing, "option_invalid", reason);
    notice(`${reason}: nothing is sent there.`, ANNOTATION_PROPERTIES);
    return { label: "", url: "", format: name === "url" ? "heron" : "slack" };
  });
}

function parseTarget(name: InputName, text: string, index: number): Target {
  assertNoExpression(name, text);
  const url = withInputName(`${name}, line ${index + 1}`, () =>
    parseWebhookUrl(text, { allowHttp: "loopback" }),
  );
  return { label: url.host, url: url.href, format: getFormat(name, url) };
}

function getFormat(name: InputName, url: URL): BodyFormat {
  const kind = getSlackUrlKind(url.href);
  if (kind === "workflow") return "slack-workflow";
  if (kind !== null) return "slack";
  if (SLACK_HOSTS.has(url.hostname))
    throw createInputError(
      name,
      "is on Slack's host but is not a webhook URL: copy all of it, https://hooks.slack.com/services/…",
    );
  if (name === "url") return "heron";
  // A local stand-in for Slack is recognised by its path, as Slack itself is.
  return isLoopback(url.hostname) && /^\/(?:triggers|workflows)\//.test(url.pathname)
    ? "slack-workflow"
    : "slack";
}

/** Adds the secrets to targets that need one. Drops targets without a secret if `ifMissing` allows it. */
function addSecrets(
  targets: readonly Target[],
  inputs: Inputs,
  ifMissing: "fail" | "skip",
): readonly Target[] {
  const unsignedCount = targets.filter(({ format }) => format === "heron").length;
  if (unsignedCount === 0) return targets;
  const secrets = readSecrets(unsignedCount, inputs);
  let nextSecret = 0;
  const signedTargets = targets.map((current) =>
    current.format === "heron" ? { ...current, secret: secrets[nextSecret++] ?? "" } : current,
  );
  const usableTargets = signedTargets.filter(({ secret }) => secret !== "");
  if (usableTargets.length === signedTargets.length) return signedTargets;
  const line = secrets.every((secret) => secret === "") ? "" : `, line ${secrets.indexOf("") + 1},`;
  const reason = `Input secret${line} is empty, so the event for url cannot be signed`;
  if (usableTargets.length === 0 || ifMissing === "fail") throwMissing(ifMissing, "secret_missing", reason);
  notice(`${reason} and is not sent there.`, ANNOTATION_PROPERTIES);
  return usableTargets;
}

/** A secret for each signed webhook; `""` if missing. */
function readSecrets(webhookCount: number, inputs: Inputs): readonly string[] {
  const secretLines = inputs.getLines("secret");
  // An empty line keeps the position of its secret: the next line belongs to another webhook.
  const allLines = inputs.getAllLines("secret");
  const secrets = allLines.length === webhookCount ? allLines : secretLines;
  if (secrets.length > 1 && secrets.length !== webhookCount)
    throw createInputError(
      "secret",
      `must be one line for all, or one for each of the ${webhookCount} URLs that are signed; it has ${secrets.length}`,
    );
  for (const secret of secretLines) assertSecret(secret);
  return secrets.length > 1 ? secrets : Array<string>(webhookCount).fill(secrets[0] ?? "");
}

function assertSecret(secret: string): void {
  assertNoExpression("secret", secret);
  if (secret.startsWith("whsec_"))
    throw new HeronError(
      "secret_invalid",
      "Input secret begins with whsec_, which marks a base64 key; here the characters are the key. Use a secret such as sec_… at both ends.",
    );
  if (secret.length < MIN_SECRET_LENGTH)
    warning(
      `A secret of ${secret.length} characters can be guessed, and under 4 cannot be masked: use 32 random characters.`,
      ANNOTATION_PROPERTIES,
    );
}

function throwMissing(
  ifMissing: "fail" | "skip",
  code: "option_invalid" | "secret_missing",
  reason: string,
): never {
  if (ifMissing === "skip") throw new SkipError(reason);
  throw new HeronError(
    code,
    `${reason}. Pull requests from forks and Dependabot get no secrets: for these, add "if-missing: skip". Otherwise check the secret's name and scope.`,
  );
}
