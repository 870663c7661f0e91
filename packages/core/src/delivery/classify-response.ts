import { HeronError } from "../errors.ts";
import { classifySlackResponse } from "../slack/classify-response.ts";
import { escapeControl } from "../text.ts";
import { truncate } from "../truncate.ts";
import type { HttpResponse } from "./http-response.ts";
import type { Outcome } from "./outcome.ts";
import { getRetryAfterMs } from "./retry-after.ts";

/** Options of {@link classifyResponse}. */
export interface ClassifyOptions {
  /** `"slack"` also reads the error codes in Slack's bodies. Default `"heron"`. */
  readonly format?: "heron" | "slack" | undefined;
  /**
   * `"all"`: retries every failure except 410, since a receiver can be fixed meanwhile.
   * `"transient"`: retries only 408, 425, 429, 5xx and network errors. Default `"all"`.
   */
  readonly retry?: "all" | "transient" | undefined;
}

/** Transient statuses besides 5xx. Source: RFC 9110, section 15; RFC 8470; RFC 6585. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** The usual meaning of a status for a webhook. */
const STATUS_MEANINGS: ReadonlyMap<number, string> = new Map([
  [400, "it could not read the body"],
  [401, "invalid signature or credentials"],
  [403, "forbidden"],
  [404, "nothing is at this URL"],
  [405, "POST is not allowed"],
  [408, "timed out waiting for the body"],
  [410, "the webhook is gone for good"],
  [413, "the body is too large"],
  [415, "JSON is not accepted"],
  [429, "too many requests"],
]);

/**
 * Errors of a certificate, the server's or the client's. A retry does not help.
 * Source: Node.js, "TLS", X509 certificate error codes; RFC 8446, section 6.2.
 */
const CERTIFICATE_ERROR =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|ERR_TLS_CERT_|ERR_SSL_.*(?:CERTIFICATE|UNKNOWN_CA))/;

/** An OpenSSL error line: the reason between error numbers and source positions. */
const OPENSSL_ERROR = /[0-9A-F]{8,32}:error:[0-9A-F]+:[^:]*:[^:]*:([^:]*):.*/s;

/**
 * Classifies the result of an attempt: 2xx is delivered, 410 is gone, the rest depends on `retry`. Redirects are not
 * followed. An error counts as transient unless it is a {@link HeronError}, a certificate error or a proxy's refusal.
 */
export function classifyResponse(result: HttpResponse | Error, options: ClassifyOptions = {}): Outcome {
  return result instanceof Error ? classifyError(result, options) : classifyHttpResponse(result, options);
}

function classifyHttpResponse(response: HttpResponse, { format, retry = "all" }: ClassifyOptions): Outcome {
  const outcome =
    format === "slack"
      ? classifySlackResponse(response.status, response.body)
      : classifyStatus(response.status, retry);
  if (outcome.kind !== "retry") return outcome;
  const retryAfterMs = getRetryAfterMs(response);
  return retryAfterMs === undefined ? outcome : { ...outcome, retryAfterMs };
}

function classifyStatus(status: number, retry: "all" | "transient"): Outcome {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const redirectMeaning =
    status >= 300 && status < 400 ? "redirects are not followed: give the URL that it leads to" : undefined;
  const meaning =
    redirectMeaning ??
    STATUS_MEANINGS.get(status) ??
    (status >= 500 ? "the receiver's own failure" : undefined);
  const reason = `answered ${status}${meaning === undefined ? "" : `, ${meaning}`}`;
  if (status === 410) return { kind: "gone", reason };
  const isRetryable = retry === "all" || status >= 500 || TRANSIENT_STATUSES.has(status);
  return { kind: isRetryable ? "retry" : "dead", reason };
}

function classifyError(error: Error, { retry = "all" }: ClassifyOptions): Outcome {
  const cause = findRootCause(error);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const text = cause.message === "" ? code : cause.message.replace(OPENSSL_ERROR, "$1");
  const description =
    code !== "" && !text.includes(code) && !HeronError.is(cause) ? `${code}: ${text}` : text;
  const reason = truncate(
    escapeControl(JSON.stringify(description || "no reason was given")).slice(1, -1),
    300,
  );
  const isPermanent =
    HeronError.is(cause) ||
    CERTIFICATE_ERROR.test(code) ||
    (code === "ERR_PROXY_TUNNEL" && /\b40[37]\b/.test(text));
  return { kind: isPermanent && retry === "transient" ? "dead" : "retry", reason };
}

/** The root cause: libraries wrap errors, and Node aggregates those of several addresses. */
function findRootCause(error: Error): Error {
  let root = error;
  for (let depth = 0; depth < 10; depth++) {
    const inner: unknown = root instanceof AggregateError ? root.errors[0] : root.cause;
    if (HeronError.is(root) || !(inner instanceof Error)) break;
    root = inner;
  }
  return root;
}
