import { createPrivateKey, X509Certificate } from "node:crypto";
import { warning } from "@actions/core";
import type { RetrySchedule } from "@heron-webhooks/core";
import { TITLED } from "./annotations.ts";
import { readText } from "./files.ts";
import { type InputName, type Inputs, wrong } from "./inputs.ts";

/** How deliveries are made and what they do to the step. */
export interface Settings {
  readonly onError: "fail" | "warn" | "ignore";
  readonly ifMissing: "fail" | "skip";
  /** How the job went, in the runner's word; empty if the runner did not say. */
  readonly status: string;
  readonly schedule: RetrySchedule;
  /** Of one attempt, in milliseconds. */
  readonly timeout: number;
  readonly tls: TlsSettings;
  readonly summary: boolean;
  readonly dryRun: boolean;
}

/** PEM texts; `ca` is trusted beside what Node trusts. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const MOST_RETRIES = 10;
const FIRST_DELAY = 1000;
const JITTER = 0.2;
const STATUSES: readonly string[] = ["success", "failure", "cancelled", "skipped"];

/** @throws HeronError `option_invalid` */
export function readSettings(inputs: Inputs): Settings {
  const retries = inputs.text("retries");
  if (!/^\d+$/.test(retries) || Number(retries) > MOST_RETRIES)
    throw wrong("retries", `must be a whole number from 0 to ${MOST_RETRIES}`);
  const longestWait = duration(inputs, "max-wait");
  // Doubling from a second: 1, 2, 4, 8 by default.
  const delays = Array.from({ length: Number(retries) }, (_, i) =>
    Math.min(FIRST_DELAY * 2 ** i, longestWait / (1 + JITTER)),
  );
  return {
    onError: inputs.oneOf("on-error", ["fail", "warn", "ignore"]),
    ifMissing: inputs.oneOf("if-missing", ["fail", "skip"]),
    status: statusOf(inputs),
    schedule: { delays, jitter: JITTER, longestRetryAfter: longestWait },
    timeout: duration(inputs, "timeout"),
    tls: readTls(inputs),
    summary: inputs.oneOf("summary", ["true", "false"]) === "true",
    dryRun: inputs.oneOf("dry-run", ["true", "false"]) === "true",
  };
}

/** The job's outcome. Another word is as good as none: a message without a colour is better than none. */
function statusOf(inputs: Inputs): string {
  const status = inputs.text("status").toLowerCase();
  if (status !== "" && !STATUSES.includes(status))
    warning(`Input status is none of ${STATUSES.join(", ")}, so the message has no colour.`, TITLED);
  return status;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const LONGEST = 10 * 60_000;

function duration(inputs: Inputs, name: InputName): number {
  const [, count = "", unit = ""] = /^(\d+)(ms|s|m)$/.exec(inputs.text(name)) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (count === "" || !(ms > 0 && ms <= LONGEST))
    throw wrong(name, "must be a duration up to 10m, such as 500ms, 10s or 2m");
  return ms;
}

function readTls(inputs: Inputs): TlsSettings {
  const ca = pem(inputs, "ca");
  const cert = pem(inputs, "client-cert");
  const key = pem(inputs, "client-key");
  if ((cert === undefined) !== (key === undefined))
    throw wrong(
      cert === undefined ? "client-cert" : "client-key",
      "is missing: a client's certificate and its key go together",
    );
  if (ca !== undefined) parsed("ca", () => new X509Certificate(ca));
  if (cert === undefined || key === undefined) return { ...(ca && { ca }) };
  const certificate = parsed("client-cert", () => new X509Certificate(cert));
  if (!certificate.checkPrivateKey(parsed("client-key", () => createPrivateKey(key))))
    throw wrong("client-key", "is not the key of the certificate in client-cert");
  return { ...(ca && { ca }), cert, key };
}

/** What a PEM holds. Node would pass over an authority that it cannot read, and stumble over the rest at each attempt. */
function parsed<T>(name: InputName, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw wrong(name, "is PEM that cannot be read; a key must have no passphrase", cause);
  }
}

/** The PEM itself, or that of the file whose path it is. */
function pem(inputs: Inputs, name: InputName): string | undefined {
  const text = inputs.text(name);
  if (text === "") return undefined;
  const content = text.includes("-----BEGIN ") ? text : readText(name, text);
  if (!content.includes("-----BEGIN "))
    throw wrong(name, "must be PEM (-----BEGIN …), or the path of a file that is");
  return content;
}
