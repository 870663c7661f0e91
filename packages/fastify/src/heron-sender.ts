import { assertSender, HeronError, type HeronSender, type WithSender } from "@heron-webhooks/core";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import fp from "fastify-plugin";

export interface HeronSenderOptions {
  /** From `createSender` of `@heron-webhooks/sender`. */
  readonly sender: HeronSender;
}

/** `app.heron`, the application's sender, once `heronSender` is registered. */
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
  // A name like any other here, where no sender's type is known.
  app.decorate("heron" as string, sender);
  app.addHook("onReady", async () => sender.start());
  app.addHook("onClose", () => sender.close());
}

/**
 * Puts the sender into the application as `app.heron`: `await app.register(heronSender, { sender })`.
 *
 * It is there in every plugin that is registered later, starts to deliver when the application is ready, and closes
 * with it, after the last request and after whatever was registered later.
 * @throws HeronError `option_invalid`, from `register`
 */
export const heronSender: FastifyPluginAsync<HeronSenderOptions> = fp(registerSender, {
  fastify: "5.x",
  name: "@heron-webhooks/fastify/sender",
});
