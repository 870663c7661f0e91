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

/** @throws Refused */
function writtenOf(draft: WebhookDraft): Written {
  return {
    url: draft.url.trim(),
    topics: linesOf(draft.topics),
    when: writtenConditions(draft.when),
    headers: headersIn(draft.headers),
    body: bodyIn(draft.body),
    description: draft.description.trim(),
  };
}

/** Null while there is nothing that could be sent yet. */
export function previewedOf(draft: WebhookDraft): object | null {
  try {
    const written = writtenOf(draft);
    const { when: _, ...previewed } = written;
    return written.url === "" || written.topics.length === 0 ? null : previewed;
  } catch {
    return null;
  }
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

/** @throws Refused */
function headersIn(text: string): Record<string, string> {
  const entries = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): [string, string] => {
      const colon = line.indexOf(":");
      if (colon < 1) {
        const message = `“${line.trim()}” has no colon: write it as Name: value.`;
        throw new Refused(400, message, new Map([["/headers", message]]));
      }
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
  return Object.fromEntries(entries);
}

/** @throws Refused */
function bodyIn(text: string): unknown {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `This is not JSON yet: ${why}.`;
    throw new Refused(400, message, new Map([["/body", message]]));
  }
}
