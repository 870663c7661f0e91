import { ApiError, callApi, type Webhook } from "../api.ts";
import {
  type ConditionDraft,
  type ConditionInput,
  toConditionDrafts,
  toConditionInputs,
} from "../conditions/condition-draft.ts";

/** A webhook as it is typed. */
export interface WebhookDraft {
  readonly url: string;
  readonly topics: string;
  readonly conditions: readonly ConditionDraft[];
  readonly headers: string;
  readonly template: string;
  readonly description: string;
}

interface WebhookInput {
  readonly url: string;
  readonly topics: readonly string[];
  readonly conditions: readonly ConditionInput[];
  readonly headers: Readonly<Record<string, string>>;
  readonly template: unknown;
  readonly description: string;
}

const EMPTY_DRAFT: WebhookDraft = {
  url: "",
  topics: "",
  conditions: [],
  headers: "",
  template: "",
  description: "",
};

/** Returns the path to navigate to. @throws ApiError */
export async function saveWebhook(draft: WebhookDraft, webhook: Webhook | undefined): Promise<string> {
  const input = toWebhookInput(draft);
  if (webhook !== undefined) {
    await callApi("PUT", `/webhooks/${webhook.heron_id}`, input);
    return `webhooks/${webhook.heron_id}`;
  }
  const created = await callApi<{ readonly webhook: Webhook }>("POST", "/webhooks", input);
  return `webhooks/${created.webhook.heron_id}`;
}

/**
 * Validates the draft on the client.
 * @throws ApiError with the errors by field
 */
function toWebhookInput(draft: WebhookDraft): WebhookInput {
  const errors = validateDraft(draft);
  if (errors.size > 0) throw new ApiError(400, [...errors.values()].join(" "), errors);
  return {
    url: draft.url.trim(),
    topics: splitLines(draft.topics),
    conditions: toConditionInputs(draft.conditions),
    headers: parseHeaders(draft.headers),
    template: parseTemplate(draft.template),
    description: draft.description.trim(),
  };
}

/** The input of a preview, or why there is none. Both are null while the URL or the topics are missing. */
export function toPreviewInput(draft: WebhookDraft): {
  readonly webhook: object | null;
  readonly error: string | null;
} {
  const errors = validateDraft(draft);
  if (errors.has("/url") || errors.has("/topics")) return { webhook: null, error: null };
  const error = errors.get("/headers") ?? errors.get("/template") ?? null;
  if (error !== null) return { webhook: null, error };
  const { conditions: _, ...webhook } = toWebhookInput({ ...draft, conditions: [] });
  return { webhook, error: null };
}

/** For a new webhook, `topics` preselects the topics. */
export function toWebhookDraft(webhook: Webhook | undefined, topics = ""): WebhookDraft {
  if (webhook === undefined) return { ...EMPTY_DRAFT, topics };
  return {
    url: webhook.url,
    topics: webhook.topics.join("\n"),
    conditions: toConditionDrafts(webhook.conditions),
    headers: Object.entries(webhook.headers ?? {})
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
    template: webhook.template === null ? "" : JSON.stringify(webhook.template, null, 2),
    description: webhook.description,
  };
}

export function splitLines(text: string): readonly string[] {
  return text.split(/[\n,]/).flatMap((line) => line.trim() || []);
}

/** Errors by JSON pointer that can be found without the server. */
function validateDraft(draft: WebhookDraft): ReadonlyMap<string, string> {
  const errors = new Map<string, string>();
  if (draft.url.trim() === "") errors.set("/url", "Enter a URL.");
  if (splitLines(draft.topics).length === 0) errors.set("/topics", "Enter at least one topic.");
  for (const [pointer, error] of [
    ["/headers", findHeadersError(draft.headers)],
    ["/template", findTemplateError(draft.template)],
  ] as const)
    if (error !== null) errors.set(pointer, error);
  return errors;
}

function splitHeaderLines(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => line.trim() || []);
}

function findHeadersError(text: string): string | null {
  const invalidLine = splitHeaderLines(text).find((line) => line.indexOf(":") < 1);
  return invalidLine === undefined ? null : `“${invalidLine}” has no colon. Use Name: value.`;
}

function parseHeaders(text: string): Record<string, string> {
  return Object.fromEntries(
    splitHeaderLines(text).map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}

function findTemplateError(text: string): string | null {
  try {
    parseTemplate(text);
    return null;
  } catch (error) {
    return `Invalid JSON: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

function parseTemplate(text: string): unknown {
  return text.trim() === "" ? null : JSON.parse(text);
}
