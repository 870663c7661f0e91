import type { Outcome } from "../delivery/outcome.ts";

type OutcomeKind = "retry" | "dead" | "gone";

const NO_TEXT_OUTCOME = ["dead", "the message has no text"] as const;
const RATE_LIMITED_OUTCOME = ["retry", "more than one message a second"] as const;

/**
 * Slack's error codes with their outcome. `gone`: only a change in Slack can fix it.
 * Source: Slack, "Sending messages using incoming webhooks", section on errors; "Changes to errors for incoming webhooks" (2016).
 */
const OUTCOME_BY_CODE: Readonly<Record<string, readonly [OutcomeKind, string]>> = {
  invalid_payload: ["dead", "the message is not JSON that Slack can read"],
  invalid_blocks: ["dead", "a block breaks one of Block Kit's rules or limits"],
  invalid_blocks_format: ["dead", "blocks is not a list of blocks"],
  no_text: NO_TEXT_OUTCOME,
  missing_text: NO_TEXT_OUTCOME,
  missing_text_or_fallback_or_attachments: NO_TEXT_OUTCOME,
  too_many_attachments: ["dead", "the message has more than 100 attachments"],
  user_not_found: ["dead", "the user it is for does not exist"],
  channel_not_found: ["dead", "the channel does not exist, or a webhook may not choose its channel"],
  action_prohibited: ["dead", "an administrator of the workspace forbids it"],
  posting_to_general_channel_denied: ["dead", "an administrator forbids posting to #general"],
  channel_is_archived: ["gone", "the channel is archived"],
  invalid_token: ["gone", "the webhook's URL is wrong or was revoked"],
  no_active_hooks: ["gone", "the webhook is disabled"],
  no_service: ["gone", "the webhook was removed or disabled, or its URL is wrong"],
  no_service_id: ["gone", "the URL's part that begins with B is wrong or missing"],
  no_team: ["gone", "the workspace does not exist"],
  team_disabled: ["gone", "the workspace is no longer active"],
  rollup_error: ["retry", "Slack's own failure"],
  rate_limited: RATE_LIMITED_OUTCOME,
  ratelimited: RATE_LIMITED_OUTCOME,
};

/**
 * Classifies a response of Slack by the code in its body, else by its status. Workflow triggers respond with JSON and
 * can report an error with status 200.
 */
export function classifySlackResponse(status: number, body: string): Outcome {
  const { code, isRefused } = parseSlackBody(body);
  const codeOutcome = Object.hasOwn(OUTCOME_BY_CODE, code) ? OUTCOME_BY_CODE[code] : undefined;
  if (codeOutcome !== undefined)
    return { kind: codeOutcome[0], reason: `answered ${status} ${code}, ${codeOutcome[1]}` };
  const reason = `answered ${status}${code === "" ? "" : ` ${code}`}`;
  if (status >= 200 && status < 300) {
    // An unknown code. A single word, such as ok, is not a code.
    if (isRefused || code.includes("_")) return { kind: "dead", reason };
    return isHtmlPage(body)
      ? { kind: "retry", reason: `${reason} with an HTML page, not "ok"` }
      : { kind: "delivered" };
  }
  if (status === 410) return { kind: "gone", reason };
  const isRetryable = status === 408 || status === 425 || status === 429 || status >= 500;
  return { kind: isRetryable ? "retry" : "dead", reason };
}

/** Whether a body is HTML, as from a proxy or a login portal. */
function isHtmlPage(body: string): boolean {
  return /^\s*<(?:!doctype|html|head|body)\b/i.test(body);
}

/** The error code in a body, and whether a workflow trigger reports an error. */
function parseSlackBody(body: string): { readonly code: string; readonly isRefused: boolean } {
  const text = body.trim();
  if (!text.startsWith("{")) return { code: parseSlackCode(text), isRefused: false };
  try {
    const { ok, success, error } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return { code: parseSlackCode(error), isRefused: ok === false || success === false };
  } catch {
    return { code: "", isRefused: false };
  }
}

function parseSlackCode(text: unknown): string {
  return typeof text === "string" && /^[a-z][a-z_]{1,79}$/.test(text) ? text : "";
}
