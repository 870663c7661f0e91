import { createPrivateKey, X509Certificate } from "node:crypto";
import { warning } from "@actions/core";
import type { RetryPolicy } from "@heron-webhooks/core/delivery";
import { ANNOTATION_PROPERTIES } from "./annotations.ts";
import { readTextFile } from "./files.ts";
import { createInputError, type InputName, type Inputs } from "./inputs.ts";

/** The settings of deliveries and of their effect on the step. */
export interface Settings {
  readonly onError: "fail" | "warn" | "ignore";
  readonly ifMissing: "fail" | "skip";
  /** The job's status as the runner names it; empty if unknown. */
  readonly status: string;
  readonly retry: RetryPolicy;
  /** The timeout of one attempt. */
  readonly timeoutMs: number;
  readonly tls: TlsSettings;
  readonly summary: boolean;
  readonly dryRun: boolean;
}

/** PEM texts. `ca` is trusted in addition to Node's own authorities. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const MAX_RETRIES = 10;
const FIRST_DELAY_MS = 1000;
const JITTER = 0.2;
const STATUSES: readonly string[] = ["success", "failure", "cancelled", "skipped"];

/** @throws HeronError `option_invalid` */
export function readSettings(inputs: Inputs): Settings {
  const retries = inputs.getText("retries");
  if (!/^\d+$/.test(retries) || Number(retries) > MAX_RETRIES)
    throw createInputError("retries", `must be a whole number from 0 to ${MAX_RETRIES}`);
  const maxRetryDelayMs = readDuration(inputs, "max-retry-delay");
  // Doubling from a second: 1, 2, 4, 8 by default.
  const delays = Array.from({ length: Number(retries) }, (_, i) =>
    Math.min(FIRST_DELAY_MS * 2 ** i, maxRetryDelayMs / (1 + JITTER)),
  );
  return {
    onError: inputs.getChoice("on-error", ["fail", "warn", "ignore"]),
    ifMissing: inputs.getChoice("if-missing", ["fail", "skip"]),
    status: readStatus(inputs),
    retry: { delays, jitter: JITTER, maxRetryAfter: maxRetryDelayMs },
    timeoutMs: readDuration(inputs, "timeout"),
    tls: readTls(inputs),
    summary: inputs.getChoice("summary", ["true", "false"]) === "true",
    dryRun: inputs.getChoice("dry-run", ["true", "false"]) === "true",
  };
}

/** The job's status. An unknown status only costs the message its colour. */
function readStatus(inputs: Inputs): string {
  const status = inputs.getText("status").toLowerCase();
  if (status !== "" && !STATUSES.includes(status))
    warning(
      `Input status is none of ${STATUSES.join(", ")}, so the message has no colour.`,
      ANNOTATION_PROPERTIES,
    );
  return status;
}

const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const MAX_DURATION_MS = 10 * 60_000;

function readDuration(inputs: Inputs, name: InputName): number {
  const [, count = "", unit = ""] = /^(\d+)(ms|s|m)$/.exec(inputs.getText(name)) ?? [];
  const ms = Number(count) * (MS_PER_UNIT[unit] ?? Number.NaN);
  if (count === "" || !(ms > 0 && ms <= MAX_DURATION_MS))
    throw createInputError(name, "must be a duration up to 10m, such as 500ms, 10s or 2m");
  return ms;
}

function readTls(inputs: Inputs): TlsSettings {
  const ca = readPem(inputs, "ca");
  const cert = readPem(inputs, "client-cert");
  const key = readPem(inputs, "client-key");
  if ((cert === undefined) !== (key === undefined))
    throw createInputError(
      cert === undefined ? "client-cert" : "client-key",
      "is missing: set both client-cert and client-key",
    );
  if (ca !== undefined) parsePem("ca", () => new X509Certificate(ca));
  if (cert === undefined || key === undefined) return { ...(ca && { ca }) };
  const certificate = parsePem("client-cert", () => new X509Certificate(cert));
  if (!certificate.checkPrivateKey(parsePem("client-key", () => createPrivateKey(key))))
    throw createInputError("client-key", "is not the key of the certificate in client-cert");
  return { ...(ca && { ca }), cert, key };
}

/** Parses a PEM. Node ignores an unreadable authority, and fails at each attempt for other unreadable PEMs. */
function parsePem<T>(name: InputName, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw createInputError(name, "is PEM that cannot be read; a key must have no passphrase", cause);
  }
}

/** The input's PEM, or the PEM in the file that it names. */
function readPem(inputs: Inputs, name: InputName): string | undefined {
  const text = inputs.getText(name);
  if (text === "") return undefined;
  const content = text.includes("-----BEGIN ") ? text : readTextFile(name, text);
  if (!content.includes("-----BEGIN "))
    throw createInputError(name, "must be PEM (-----BEGIN …), or the path of a file that is");
  return content;
}
