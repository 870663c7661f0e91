import { ask, Refused, type Webhook } from "../api.ts";
import {
  type ConditionDraft,
  draftsOf,
  type WrittenCondition,
  writtenOf as writtenConditions,
} from "../conditions/condition-draft.ts";

/** A webhook as it is typed. */
export interface WebhookDraft {
  readonly url: string;
  readonly topics: string;
  readonly when: readonly ConditionDraft[];
  readonly headers: string;
  readonly body: string;
  readonly description: string;
}

interface Written {
  readonly url: string;
  readonly topics: readonly string[];
  readonly when: readonly WrittenCondition[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly description: string;
}

const BLANK: WebhookDraft = { url: "", topics: "", when: [], headers: "", body: "", description: "" };

/** Where to go then. @throws Refused */
export async function saved(draft: WebhookDraft, webhook: Webhook | undefined): Promise<string> {
  const body = writtenOf(draft);
  if (webhook !== undefined) {
    await ask("PUT", `/webhooks/${webhook.heron_id}`, body);
    return `webhooks/${webhook.heron_id}`;
  }
  const made = await ask<{ readonly webhook: Webhook }>("POST", "/webhooks", body);
  return `webhooks/${made.webhook.heron_id}`;
}

/**
 * All that can be said to be wrong without asking, by field.
 * @throws Refused
 */
function writtenOf(draft: WebhookDraft): Written {
  const wrong = faultsIn(draft);
  if (wrong.size > 0) throw new Refused(400, [...wrong.values()].join(" "), wrong);
  return {
    url: draft.url.trim(),
    topics: linesOf(draft.topics),
    when: writtenConditions(draft.when),
    headers: headersIn(draft.headers),
    body: bodyIn(draft.body),
    description: draft.description.trim(),
  };
}

/** What would be sent, or why that cannot be said yet; both null while where to, or when, is not written. */
export function previewedOf(draft: WebhookDraft): {
  readonly webhook: object | null;
  readonly fault: string | null;
} {
  const faults = faultsIn(draft);
  if (faults.has("/url") || faults.has("/topics")) return { webhook: null, fault: null };
  const fault = faults.get("/headers") ?? faults.get("/body") ?? null;
  if (fault !== null) return { webhook: null, fault };
  const { when: _, ...webhook } = writtenOf({ ...draft, when: [] });
  return { webhook, fault: null };
}

/** Of a new one, the topics may be known. */
export function draftOf(webhook: Webhook | undefined, topics = ""): WebhookDraft {
  if (webhook === undefined) return { ...BLANK, topics };
  return {
    url: webhook.url,
    topics: webhook.topics.join("\n"),
    when: draftsOf(webhook.when),
    headers: Object.entries(webhook.headers ?? {})
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
    body: webhook.body === null ? "" : JSON.stringify(webhook.body, null, 2),
    description: webhook.description,
  };
}

export function linesOf(text: string): readonly string[] {
  return text.split(/[\n,]/).flatMap((line) => line.trim() || []);
}

/** What is wrong with a draft and can be told without asking, by JSON pointer. */
function faultsIn(draft: WebhookDraft): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  if (draft.url.trim() === "") faults.set("/url", "Write the address to post to.");
  if (linesOf(draft.topics).length === 0) faults.set("/topics", "Write at least one topic.");
  for (const [pointer, fault] of [
    ["/headers", headersFault(draft.headers)],
    ["/body", bodyFault(draft.body)],
  ] as const)
    if (fault !== null) faults.set(pointer, fault);
  return faults;
}

function headerLines(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => line.trim() || []);
}

function headersFault(text: string): string | null {
  const wrong = headerLines(text).find((line) => line.indexOf(":") < 1);
  return wrong === undefined ? null : `“${wrong}” has no colon: write it as Name: value.`;
}

function headersIn(text: string): Record<string, string> {
  return Object.fromEntries(
    headerLines(text).map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}

function bodyFault(text: string): string | null {
  try {
    bodyIn(text);
    return null;
  } catch (error) {
    return `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

function bodyIn(text: string): unknown {
  return text.trim() === "" ? null : JSON.parse(text);
}
