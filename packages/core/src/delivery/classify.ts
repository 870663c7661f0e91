import { cut } from "../cut.ts";
import { HeronError } from "../errors.ts";
import { inert } from "../shown.ts";
import { readSlackResponse } from "../slack/response.ts";
import type { Answer } from "./answer.ts";
import type { Outcome } from "./outcome.ts";
import { retryAfter } from "./retry-after.ts";

/** How {@link classify} reads what came back. */
export interface OutcomePolicy {
  /** Slack says more in its answer's body than in the status. Default `"heron"`. */
  readonly format?: "heron" | "slack" | undefined;
  /**
   * `"all"`: whatever is not delivered or gone is tried again, since a receiver may be mended meanwhile.
   * `"transient"`: only what passes by itself, which is 408, 425, 429, 5xx and trouble of the network. Default `"all"`.
   */
  readonly retry?: "all" | "transient" | undefined;
}

/** Statuses that pass by themselves, with every 5xx. Source: RFC 9110, section 15; RFC 8470; RFC 6585. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429]);

/** What a status most often means for a webhook. */
const MEANING: ReadonlyMap<number, string> = new Map([
  [400, "it could not read the body"],
  [401, "it did not accept the signature or the credentials"],
  [403, "it does not let this request in"],
  [404, "nothing is at this URL"],
  [405, "it takes no POST"],
  [408, "it waited too long for the body"],
  [410, "the webhook is gone for good"],
  [413, "the body is too large for it"],
  [415, "it does not take JSON"],
  [429, "too many requests"],
]);

/**
 * What makes a certificate unfit, the server's or the client's, which no second attempt changes.
 * Source: Node.js, "TLS", X509 certificate error codes; RFC 8446, section 6.2.
 */
const CERTIFICATE =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|ERR_TLS_CERT_|ERR_SSL_.*(?:CERTIFICATE|UNKNOWN_CA))/;

/** OpenSSL's line for an error, with the reason among numbers and places in its source. */
const OPENSSL = /[0-9A-F]{8,32}:error:[0-9A-F]+:[^:]*:[^:]*:([^:]*):.*/s;

/**
 * What an attempt came to: 2xx delivered, 410 gone, and the rest by the policy; redirects are not followed. An error
 * is trouble of the network, unless it is a {@link HeronError}, about a certificate, or a proxy that does not let it through.
 */
export function classify(result: Answer | Error, policy: OutcomePolicy = {}): Outcome {
  return result instanceof Error ? ofError(result, policy) : ofAnswer(result, policy);
}

function ofAnswer(answer: Answer, { format, retry = "all" }: OutcomePolicy): Outcome {
  const outcome =
    format === "slack" ? readSlackResponse(answer.status, answer.body) : ofStatus(answer.status, retry);
  if (outcome.kind !== "retry") return outcome;
  const after = retryAfter(answer);
  return after === undefined ? outcome : { ...outcome, after };
}

function ofStatus(status: number, retry: "all" | "transient"): Outcome {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const redirect =
    status >= 300 && status < 400 ? "redirects are not followed: give the URL that it leads to" : undefined;
  const meaning =
    redirect ?? MEANING.get(status) ?? (status >= 500 ? "the receiver's own failure" : undefined);
  const reason = `answered ${status}${meaning === undefined ? "" : `, ${meaning}`}`;
  if (status === 410) return { kind: "gone", reason };
  const again = retry === "all" || status >= 500 || TRANSIENT.has(status);
  return { kind: again ? "retry" : "dead", reason };
}

function ofError(error: Error, { retry = "all" }: OutcomePolicy): Outcome {
  const cause = rootOf(error);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const text = cause.message === "" ? code : cause.message.replace(OPENSSL, "$1");
  const named = code !== "" && !text.includes(code) && !HeronError.is(cause) ? `${code}: ${text}` : text;
  const reason = cut(inert(JSON.stringify(named || "no reason was given")).slice(1, -1), 300);
  const permanent =
    HeronError.is(cause) ||
    CERTIFICATE.test(code) ||
    (code === "ERR_PROXY_TUNNEL" && /\b40[37]\b/.test(text));
  return { kind: permanent && retry === "transient" ? "dead" : "retry", reason };
}

/** The error that says why: libraries wrap it, and Node bundles the failures of several addresses. */
function rootOf(error: Error): Error {
  let root = error;
  for (let depth = 0; depth < 10; depth++) {
    const inner: unknown = root instanceof AggregateError ? root.errors[0] : root.cause;
    if (HeronError.is(root) || !(inner instanceof Error)) break;
    root = inner;
  }
  return root;
}
