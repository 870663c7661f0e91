import { HeronError } from "@heron-webhooks/core";
import { assertSender, type HeronSender, type WithSender } from "@heron-webhooks/core/internal";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import fp from "fastify-plugin";

export interface HeronSenderOptions {
  /** From `createSender` of `@heron-webhooks/sender`. */
  readonly sender: HeronSender;
}

/** An application with the sender as `app.heron`, after registering `heronSender`. */
type InstanceWithSender = WithSender<"heron">;

declare module "fastify" {
  interface FastifyInstance extends InstanceWithSender {}
}

async function registerSender(app: FastifyInstance, { sender }: HeronSenderOptions): Promise<void> {
  assertSender(sender, "app.register(heronSender, { sender })");
  if (app.hasDecorator("heron"))
    throw new HeronError(
      "option_invalid",
      "app.heron is taken, by heronSender or by a plugin of yours: register heronSender once, before what uses it.",
    );
  // Without a sender's type the name is not declared.
  app.decorate("heron" as string, sender);
  app.addHook("onReady", async () => sender.start());
  app.addHook("onClose", () => sender.close());
}

/**
 * Decorates the application with the sender as `app.heron`: `await app.register(heronSender, { sender })`.
 *
 * Available in all plugins registered later. Starts when the application is ready, and closes with it, after the last
 * request and after all plugins registered later.
 * @throws HeronError `option_invalid`, from `register`
 */
export const heronSender: FastifyPluginAsync<HeronSenderOptions> = fp(registerSender, {
  fastify: "5.x",
  name: "@heron-webhooks/fastify/sender",
});
