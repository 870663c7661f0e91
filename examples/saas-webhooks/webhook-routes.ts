import { HeronError } from "@heron-webhooks/core";
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
  const { webhooks, deliveries, topics } = app.heron;

  /** Somebody else's webhook is none. */
  async function own(id: string, account: string): Promise<Webhook> {
    const webhook = await webhooks.get(id);
    if (webhook.account === account) return webhook;
    throw new HeronError("webhook_not_found", `There is no webhook ${JSON.stringify(id)}.`);
  }

  app.get("/topics", async () =>
    Object.entries(topics ?? {}).map(([topic, { description, example }]) => ({
      topic,
      description,
      example,
    })),
  );

  app.post<{ Body: Changes }>(
    "/webhooks",
    { schema: { body: { ...CHANGES, required: ["url", "topics"] } } },
    async ({ account, body }, reply) => {
      const webhook = await webhooks.create({ ...body, account });
      // The only answer with the secret, but for that of a rotation.
      return reply.code(201).send({ ...shown(webhook), secret: webhook.secret });
    },
  );

  app.get<{ Querystring: { after?: string } }>("/webhooks", async ({ account, query }) => {
    const { items, next } = await webhooks.list({ account }, { after: query.after });
    return { items: items.map(shown), next };
  });

  app.patch<{ Body: Partial<Changes> } & ById>(
    "/webhooks/:id",
    { schema: { body: CHANGES } },
    async ({ account, params: { id }, body }) => {
      await own(id, account);
      return shown(await webhooks.update(id, body));
    },
  );

  app.delete<ById>("/webhooks/:id", async ({ account, params: { id } }, reply) => {
    await own(id, account);
    await webhooks.remove(id);
    return reply.code(204).send();
  });

  app.post<ById>("/webhooks/:id/test", async ({ account, params: { id } }) => {
    await own(id, account);
    return webhooks.test(id);
  });

  app.post<ById>("/webhooks/:id/rotate", async ({ account, params: { id } }) => {
    await own(id, account);
    return webhooks.rotateSecret(id, { overlap: "24h" });
  });

  app.get<ById & { Querystring: { after?: string } }>(
    "/webhooks/:id/deliveries",
    async ({ account, params: { id }, query }) => {
      await own(id, account);
      return deliveries.list({ webhook: id }, { after: query.after, limit: 20 });
    },
  );

  app.post<ById>("/deliveries/:id/retry", async ({ account, params: { id } }, reply) => {
    const { delivery } = await deliveries.get(id);
    if (delivery.account !== account)
      throw new HeronError("delivery_not_found", `There is no delivery ${JSON.stringify(id)}.`);
    await deliveries.retry(id);
    return reply.code(202).send();
  });
}

/** A webhook's headers may hold credentials, and are not told again. */
function shown({ id, url, topics, description, format, enabled, disabledBy, failingSince }: Webhook): object {
  return { id, url, topics, description, format, enabled, disabledBy, failingSince };
}
