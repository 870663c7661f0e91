import { heronSender } from "@heron-webhooks/fastify";
import { createSender, type Sender, type SenderOptions } from "@heron-webhooks/sender";
import fastify, { type FastifyInstance } from "fastify";
import { withAccounts } from "./accounts.ts";
import { handleError } from "./errors.ts";
import { invoiceRoutes } from "./invoice-routes.ts";
import { type OurTopics, topics } from "./topics.ts";
import { webhookRoutes } from "./webhook-routes.ts";

/** The sender with this application's topics. `HERON_DB` is the path of its file. */
export function createAppSender(options: Omit<SenderOptions<OurTopics>, "topics">): Sender<OurTopics> {
  return createSender({ ...options, topics });
}

/** The application. The sender starts and closes with it. */
export async function buildApp(
  sender: Sender,
  options: { readonly log?: boolean } = {},
): Promise<FastifyInstance> {
  const app = fastify({ logger: options.log ?? false });
  // Registered first, so that it closes last: requests in flight may still emit.
  await app.register(heronSender, { sender });
  app.setErrorHandler(handleError);
  await app.register(async (scope) => {
    withAccounts(scope);
    webhookRoutes(scope);
    invoiceRoutes(scope);
  });
  return app;
}
