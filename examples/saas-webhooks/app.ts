import { heronSender } from "@heron-webhooks/fastify";
import { createSender, type Sender, type SenderOptions } from "@heron-webhooks/sender";
import fastify, { type FastifyInstance } from "fastify";
import { withAccounts } from "./accounts.ts";
import { answerError } from "./errors.ts";
import { invoiceRoutes } from "./invoice-routes.ts";
import { type OurTopics, topics } from "./topics.ts";
import { webhookRoutes } from "./webhook-routes.ts";

/** The sender, with what this application offers. Where its webhooks and deliveries are kept: `HERON_DB`. */
export function senderFor(options: Omit<SenderOptions<OurTopics>, "topics">): Sender<OurTopics> {
  return createSender({ ...options, topics });
}

/** The application around a sender, which starts and closes with it. */
export async function buildApp(
  sender: Sender,
  options: { readonly log?: boolean } = {},
): Promise<FastifyInstance> {
  const app = fastify({ logger: options.log ?? false });
  // First, so that it closes last: requests under way may still emit.
  await app.register(heronSender, { sender });
  app.setErrorHandler(answerError);
  await app.register(async (scope) => {
    withAccounts(scope);
    webhookRoutes(scope);
    invoiceRoutes(scope);
  });
  return app;
}
