import { HeronError, type RequestHeaderMap } from "@heron-webhooks/core";
import type { Condition, PreviewOptions, WebhookChanges } from "@heron-webhooks/sender";
import type { Answer, Call, Operation } from "../operation.ts";
import { PAGE, pageOf } from "../page.ts";
import { ref } from "../schemas.ts";
import { isMaskedUrl, MASK, shownWebhook } from "../shown.ts";

interface Written {
  readonly topic?: string;
  readonly topics?: readonly string[];
  readonly when?: readonly Condition[];
  readonly url?: string;
  readonly is_enabled?: boolean;
  readonly headers?: RequestHeaderMap | null;
  readonly body?: unknown;
  readonly format?: "heron" | "slack";
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly concurrency?: number;
  readonly rate?: number | null;
  readonly secret?: string;
}

const FOUND = { 404: { description: "There is no such webhook.", schema: ref("Problem") } } as const;

export const WEBHOOKS: readonly Operation[] = [
  {
    method: "get",
    path: "/webhooks",
    name: "listWebhooks",
    tag: "webhooks",
    summary: "Lists webhooks, in the order in which they were made",
    query: PAGE,
    answers: { 200: { description: "A page of them.", schema: ref("Webhooks") } },
    async run({ sender, query }) {
      const { items, next } = await sender.webhooks.list(pageOf(query));
      return { status: 200, body: { webhooks: items.map(shownWebhook), next_cursor: next } };
    },
  },
  {
    method: "post",
    path: "/webhooks",
    name: "createWebhook",
    tag: "webhooks",
    summary: "Makes a webhook",
    body: ref("NewWebhook"),
    answers: {
      201: {
        description: "It is made. Its secret is told here, and by its secrets.",
        schema: ref("MadeWebhook"),
      },
      409: { description: "The account has as many as it may have.", schema: ref("Problem") },
    },
    run: create,
  },
  {
    method: "post",
    path: "/webhooks/preview",
    name: "previewWebhook",
    tag: "webhooks",
    summary: "What a webhook like this would be sent; nothing is sent, or kept",
    body: ref("PreviewRequest"),
    answers: {
      200: { description: "The request.", schema: ref("Preview") },
      404: { description: "There is no such webhook, or delivery.", schema: ref("Problem") },
    },
    run: preview,
  },
  {
    method: "get",
    path: "/webhooks/{id}",
    name: "getWebhook",
    tag: "webhooks",
    summary: "A webhook",
    answers: { 200: { description: "It.", schema: ref("WebhookAnswer") }, ...FOUND },
    run: async ({ sender, id }) => shown(await sender.webhooks.get(id)),
  },
  {
    method: "put",
    path: "/webhooks/{id}",
    name: "updateWebhook",
    tag: "webhooks",
    summary: "Changes what is given of a webhook, and leaves the rest",
    body: ref("WebhookChanges"),
    answers: { 200: { description: "As it is now.", schema: ref("WebhookAnswer") }, ...FOUND },
    run: update,
  },
  {
    method: "delete",
    path: "/webhooks/{id}",
    name: "deleteWebhook",
    tag: "webhooks",
    summary: "Removes a webhook, and what it is owed",
    answers: { 204: { description: "It is gone.", schema: null }, ...FOUND },
    async run({ sender, id }) {
      await sender.webhooks.remove(id);
      return { status: 204 };
    },
  },
];

async function create({ sender, body }: Call): Promise<Answer> {
  const written = body as Written & { readonly url: string };
  if (isMaskedUrl(written.url) || Object.values(written.headers ?? {}).includes(MASK))
    throw new HeronError("header_invalid", "A new webhook has nothing to keep: write out what is masked.");
  const { secret, is_enabled = true } = written;
  const { topics = [], ...changes } = changesOf(written);
  const made = await sender.webhooks.create({
    ...changes,
    url: written.url,
    topics,
    ...(secret === undefined ? {} : { secret }),
  });
  const { secret: told, ...webhook } = made;
  const now = is_enabled ? webhook : await sender.webhooks.disable(made.id);
  return {
    status: 201,
    body: { webhook: shownWebhook(now), secret: told },
    headers: { location: `webhooks/${made.id}`, "cache-control": "no-store" },
  };
}

async function update({ sender, id, body }: Call): Promise<Answer> {
  const written = body as Written;
  const before = await sender.webhooks.get(id);
  const changes = unmasked(changesOf(written), before);
  let webhook = Object.keys(changes).length === 0 ? before : await sender.webhooks.update(id, changes);
  const { is_enabled } = written;
  if (is_enabled !== undefined && is_enabled !== webhook.enabled)
    webhook = await (is_enabled ? sender.webhooks.enable(id) : sender.webhooks.disable(id));
  return shown(webhook);
}

interface PreviewRequest extends PreviewOptions {
  readonly webhook: Written & { readonly url: string };
  readonly id?: string;
}

async function preview({ sender, body }: Call): Promise<Answer> {
  const { webhook, id, ...options } = body as PreviewRequest;
  const before = id === undefined ? null : await sender.webhooks.get(id);
  // The first secret makes Heron-Signature: what is previewed of a webhook that is there verifies at its receiver.
  const [secret] = id === undefined ? [] : await sender.webhooks.secrets(id);
  const {
    topics = [],
    url = before?.url ?? webhook.url,
    ...rest
  } = unmasked(changesOf(webhook), before ?? { headers: {} });
  // As a change would leave it: what goes to a stand-in of Slack's is known by nothing but what it was.
  const isSame = before !== null && url === before.url;
  const format = rest.format ?? (isSame ? shownWebhook(before).format : undefined);
  const own = new Set(Object.keys(rest.headers ?? {}).map((name) => name.toLowerCase()));
  const { headers, ...made } = await sender.webhooks.preview(
    {
      ...rest,
      ...(format === undefined ? {} : { format }),
      topics,
      url,
      ...(secret === undefined ? {} : { secret: secret.value }),
    },
    options,
  );
  const shownHeaders = Object.entries(headers).map(([name, value]) => [
    name,
    own.has(name.toLowerCase()) ? MASK : value,
  ]);
  return { status: 200, body: { ...made, headers: Object.fromEntries(shownHeaders) } };
}

/** Without what is only shown: a masked URL is left out, and masked headers are those that are there. */
function unmasked(changes: WebhookChanges, before: { readonly headers: RequestHeaderMap }): WebhookChanges {
  const { url, headers, ...others } = changes;
  return {
    ...others,
    ...(url === undefined || isMaskedUrl(url) ? {} : { url }),
    ...(headers === undefined ? {} : { headers: kept(headers, before.headers) }),
  };
}

function shown(webhook: Parameters<typeof shownWebhook>[0]): Answer {
  return { status: 200, body: { webhook: shownWebhook(webhook) } };
}

function changesOf({ topic, topics, headers, secret: _s, is_enabled: _e, ...rest }: Written): WebhookChanges {
  const patterns = topics ?? (topic === undefined ? undefined : [topic]);
  return {
    ...rest,
    ...(patterns === undefined ? {} : { topics: patterns }),
    ...(headers === undefined ? {} : { headers: headers ?? {} }),
  };
}

/** Masked values are those that are there, whatever the case of their names. */
function kept(headers: RequestHeaderMap, before: RequestHeaderMap): RequestHeaderMap {
  const known = new Map(Object.entries(before).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (value !== MASK) return [name, value];
      const there = known.get(name.toLowerCase());
      if (there === undefined)
        throw new HeronError("header_invalid", `There is no header ${name} to keep: write its value out.`);
      return [name, there];
    }),
  );
}
