import type { Webhook } from "@heron-webhooks/sender";
import type { FastifyInstance } from "fastify";

interface ById {
  Params: { id: string };
}

/** The fields of a webhook that a customer may set. */
const CHANGES = {
  type: "object",
  additionalProperties: false,
  properties: {
    url: { type: "string" },
    topics: { type: "array", items: { type: "string" } },
    description: { type: "string" },
    template: {},
  },
} as const;

interface Changes {
  readonly url: string;
  readonly topics: readonly string[];
  readonly description?: string;
  readonly template?: unknown;
}

/** The routes with which customers manage their own webhooks. */
export function webhookRoutes(app: FastifyInstance): void {
  app.get("/topics", async () =>
    Object.entries(app.heron.topics ?? {}).map(([topic, { description, example }]) => ({
      topic,
      description,
      example,
    })),
  );

  app.post<{ Body: Changes }>(
    "/webhooks",
    { schema: { body: { ...CHANGES, required: ["url", "topics"] } } },
    async ({ customer: { webhooks }, body }, reply) => {
      const webhook = await webhooks.create(body);
      // Only this response and that of a rotation contain the secret.
      return reply.code(201).send({ ...toPublicWebhook(webhook), secret: webhook.secret });
    },
  );

  app.get<{ Querystring: { cursor?: string } }>("/webhooks", async ({ customer: { webhooks }, query }) => {
    const { data, nextCursor } = await webhooks.list({ cursor: query.cursor });
    return { data: data.map(toPublicWebhook), nextCursor };
  });

  app.patch<{ Body: Partial<Changes> } & ById>(
    "/webhooks/:id",
    { schema: { body: CHANGES } },
    async ({ customer: { webhooks }, params: { id }, body }) =>
      toPublicWebhook(await webhooks.update(id, body)),
  );

  app.delete<ById>("/webhooks/:id", async ({ customer: { webhooks }, params: { id } }, reply) => {
    await webhooks.delete(id);
    return reply.code(204).send();
  });

  app.post<ById>("/webhooks/:id/test", async ({ customer: { webhooks }, params: { id } }) =>
    webhooks.sendTest(id),
  );

  app.post<ById>("/webhooks/:id/rotate", async ({ customer: { webhooks }, params: { id } }) =>
    webhooks.rotateSecret(id, { overlap: "24h" }),
  );

  app.get<ById & { Querystring: { cursor?: string } }>(
    "/webhooks/:id/deliveries",
    async ({ customer: { webhooks, deliveries }, params: { id }, query }) => {
      // Throws for an unknown webhook, for which the list would be empty.
      await webhooks.get(id);
      return deliveries.list({ webhook: id }, { cursor: query.cursor, limit: 20 });
    },
  );

  app.post<ById>("/deliveries/:id/retry", async ({ customer: { deliveries }, params: { id } }, reply) => {
    await deliveries.retry(id);
    return reply.code(202).send();
  });
}

/** Without the headers, which may contain credentials. */
function toPublicWebhook({
  id,
  url,
  topics,
  description,
  format,
  enabled,
  disabledBy,
  failingSince,
}: Webhook): object {
  return { id, url, topics, description, format, enabled, disabledBy, failingSince };
}
