import type { Webhook } from "@heron-webhooks/sender";
import type { FastifyInstance } from "fastify";

interface ById {
  Params: { id: string };
}

/** What a customer may say of a webhook. */
const CHANGES = {
  type: "object",
  additionalProperties: false,
  properties: {
    url: { type: "string" },
    topics: { type: "array", items: { type: "string" } },
    description: { type: "string" },
    body: {},
  },
} as const;

interface Changes {
  readonly url: string;
  readonly topics: readonly string[];
  readonly description?: string;
  readonly body?: unknown;
}

/** The routes with which customers look after their webhooks, and nobody else's. */
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
      // The only answer with the secret, but for that of a rotation.
      return reply.code(201).send({ ...shown(webhook), secret: webhook.secret });
    },
  );

  app.get<{ Querystring: { after?: string } }>("/webhooks", async ({ customer: { webhooks }, query }) => {
    const { data, nextCursor } = await webhooks.list({ cursor: query.after });
    return { items: data.map(shown), next: nextCursor };
  });

  app.patch<{ Body: Partial<Changes> } & ById>(
    "/webhooks/:id",
    { schema: { body: CHANGES } },
    async ({ customer: { webhooks }, params: { id }, body }) => shown(await webhooks.update(id, body)),
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

  app.get<ById & { Querystring: { after?: string } }>(
    "/webhooks/:id/deliveries",
    async ({ customer: { webhooks, deliveries }, params: { id }, query }) => {
      // Of a webhook that is not there the list would be empty, and say nothing of that.
      await webhooks.get(id);
      return deliveries.list({ webhook: id }, { cursor: query.after, limit: 20 });
    },
  );

  app.post<ById>("/deliveries/:id/retry", async ({ customer: { deliveries }, params: { id } }, reply) => {
    await deliveries.retry(id);
    return reply.code(202).send();
  });
}

/** A webhook's headers may hold credentials, and are not told again. */
function shown({ id, url, topics, description, format, enabled, disabledBy, failingSince }: Webhook): object {
  return { id, url, topics, description, format, enabled, disabledBy, failingSince };
}
