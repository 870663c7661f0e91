import { HeronError } from "@heron-webhooks/core";
import type { RequestHeaderMap } from "@heron-webhooks/core/delivery";
import type { Condition, PreviewOptions, WebhookUpdate } from "@heron-webhooks/sender";
import { isMaskedUrl, MASK, toWebhookDto } from "../dto/webhook-dto.ts";
import type { Operation, OperationContext, OperationResult } from "../operation.ts";
import { PAGE_PARAMETERS, toPageRequest } from "../pagination.ts";
import { ref } from "../schemas.ts";

interface WebhookFields {
  readonly topic?: string;
  readonly topics?: readonly string[];
  readonly conditions?: readonly Condition[];
  readonly url?: string;
  readonly is_enabled?: boolean;
  readonly headers?: RequestHeaderMap | null;
  readonly template?: unknown;
  readonly format?: "heron" | "slack";
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly concurrency?: number;
  readonly rate_limit?: number | null;
  readonly secret?: string;
}

const NOT_FOUND_RESPONSE = { 404: { description: "Webhook not found.", schema: ref("Problem") } } as const;

export const WEBHOOKS: readonly Operation[] = [
  {
    method: "get",
    path: "/webhooks",
    operationId: "listWebhooks",
    tag: "webhooks",
    summary: "List webhooks by creation time",
    query: PAGE_PARAMETERS,
    responses: { 200: { description: "One page.", schema: ref("WebhookPage") } },
    async run({ sender, query }) {
      const { data, nextCursor } = await sender.webhooks.list(toPageRequest(query));
      return { status: 200, body: { webhooks: data.map(toWebhookDto), next_cursor: nextCursor } };
    },
  },
  {
    method: "post",
    path: "/webhooks",
    operationId: "createWebhook",
    tag: "webhooks",
    summary: "Create a webhook",
    body: ref("CreateWebhookRequest"),
    responses: {
      201: {
        description: "Created. Includes the signing secret.",
        schema: ref("CreatedWebhook"),
      },
      409: { description: "Limit reached.", schema: ref("Problem") },
    },
    run: create,
  },
  {
    method: "post",
    path: "/webhooks/preview",
    operationId: "previewWebhook",
    tag: "webhooks",
    summary: "Preview a request without sending it",
    body: ref("PreviewRequest"),
    responses: {
      200: { description: "The request.", schema: ref("Preview") },
      404: { description: "Webhook or delivery not found.", schema: ref("Problem") },
    },
    run: preview,
  },
  {
    method: "get",
    path: "/webhooks/{id}",
    operationId: "getWebhook",
    tag: "webhooks",
    summary: "Get a webhook",
    responses: {
      200: { description: "The webhook.", schema: ref("WebhookResponse") },
      ...NOT_FOUND_RESPONSE,
    },
    run: async ({ sender, id }) => toWebhookResult(await sender.webhooks.get(id)),
  },
  {
    method: "put",
    path: "/webhooks/{id}",
    operationId: "updateWebhook",
    tag: "webhooks",
    summary: "Update a webhook",
    body: ref("UpdateWebhookRequest"),
    responses: {
      200: { description: "The updated webhook.", schema: ref("WebhookResponse") },
      ...NOT_FOUND_RESPONSE,
    },
    run: update,
  },
  {
    method: "delete",
    path: "/webhooks/{id}",
    operationId: "deleteWebhook",
    tag: "webhooks",
    summary: "Delete a webhook and its pending deliveries",
    responses: { 204: { description: "Deleted.", schema: null }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id }) {
      await sender.webhooks.delete(id);
      return { status: 204 };
    },
  },
];

async function create({ sender, body }: OperationContext): Promise<OperationResult> {
  const fields = body as WebhookFields & { readonly url: string };
  if (isMaskedUrl(fields.url) || Object.values(fields.headers ?? {}).includes(MASK))
    throw new HeronError(
      "header_invalid",
      "Masked values (••••••••) are only valid when updating an existing webhook.",
    );
  const { secret, is_enabled = true } = fields;
  const { topics = [], ...changes } = toWebhookPatch(fields);
  const created = await sender.webhooks.create({
    ...changes,
    url: fields.url,
    topics,
    ...(secret === undefined ? {} : { secret }),
  });
  const { secret: createdSecret, ...webhook } = created;
  const current = is_enabled ? webhook : await sender.webhooks.disable(created.id);
  return {
    status: 201,
    body: { webhook: toWebhookDto(current), secret: createdSecret },
    headers: { location: `webhooks/${created.id}`, "cache-control": "no-store" },
  };
}

async function update({ sender, id, body }: OperationContext): Promise<OperationResult> {
  const fields = body as WebhookFields;
  const existing = await sender.webhooks.get(id);
  const changes = restoreMasked(toWebhookPatch(fields), existing);
  let webhook = Object.keys(changes).length === 0 ? existing : await sender.webhooks.update(id, changes);
  const { is_enabled } = fields;
  if (is_enabled !== undefined && is_enabled !== webhook.enabled)
    webhook = await (is_enabled ? sender.webhooks.enable(id) : sender.webhooks.disable(id));
  return toWebhookResult(webhook);
}

interface PreviewRequest extends PreviewOptions {
  readonly webhook: WebhookFields & { readonly url: string };
  readonly id?: string;
}

async function preview({ sender, body }: OperationContext): Promise<OperationResult> {
  const { webhook, id, ...options } = body as PreviewRequest;
  const existing = id === undefined ? null : await sender.webhooks.get(id);
  // Sign with the webhook's own secret, so that the preview verifies at its receiver.
  const [secret] = id === undefined ? [] : await sender.webhooks.secrets(id);
  const {
    topics = [],
    url = existing?.url ?? webhook.url,
    ...rest
  } = restoreMasked(toWebhookPatch(webhook), existing ?? { headers: {} });
  // Keep the format of an unchanged URL: a proxy of Slack's is not recognizable by its URL.
  const isSame = existing !== null && url === existing.url;
  const format = rest.format ?? (isSame ? toWebhookDto(existing).format : undefined);
  const ownHeaderNames = new Set(Object.keys(rest.headers ?? {}).map((name) => name.toLowerCase()));
  const { headers, ...requestPreview } = await sender.webhooks.preview(
    {
      ...rest,
      ...(format === undefined ? {} : { format }),
      topics,
      url,
      ...(secret === undefined ? {} : { secret: secret.value }),
    },
    options,
  );
  const maskedHeaders = Object.entries(headers).map(([name, value]) => [
    name,
    ownHeaderNames.has(name.toLowerCase()) ? MASK : value,
  ]);
  return { status: 200, body: { ...requestPreview, headers: Object.fromEntries(maskedHeaders) } };
}

/** Replaces masked values by the saved ones. */
function restoreMasked(
  changes: WebhookUpdate,
  existing: { readonly headers: RequestHeaderMap },
): WebhookUpdate {
  const { url, headers, ...unmaskedFields } = changes;
  return {
    ...unmaskedFields,
    ...(url === undefined || isMaskedUrl(url) ? {} : { url }),
    ...(headers === undefined ? {} : { headers: restoreMaskedHeaders(headers, existing.headers) }),
  };
}

function toWebhookResult(webhook: Parameters<typeof toWebhookDto>[0]): OperationResult {
  return { status: 200, body: { webhook: toWebhookDto(webhook) } };
}

function toWebhookPatch(fields: WebhookFields): WebhookUpdate {
  const { topic, topics, headers, rate_limit, secret: _s, is_enabled: _e, ...rest } = fields;
  const patterns = topics ?? (topic === undefined ? undefined : [topic]);
  return {
    ...rest,
    ...(patterns === undefined ? {} : { topics: patterns }),
    ...(headers === undefined ? {} : { headers: headers ?? {} }),
    ...(rate_limit === undefined ? {} : { rateLimit: rate_limit }),
  };
}

function restoreMaskedHeaders(headers: RequestHeaderMap, existing: RequestHeaderMap): RequestHeaderMap {
  const existingByName = new Map(
    Object.entries(existing).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (value !== MASK) return [name, value];
      const existingValue = existingByName.get(name.toLowerCase());
      if (existingValue === undefined)
        throw new HeronError("header_invalid", `Header ${name} has no saved value. Enter its value.`);
      return [name, existingValue];
    }),
  );
}
