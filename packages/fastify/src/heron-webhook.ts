import {
  consoleLogger,
  createReceiver,
  type EventMap,
  type HeronEvents,
  nodeRequest,
  type ReceiverOptions,
} from "@heron-webhooks/core";
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, RegisterOptions } from "fastify";
import fp from "fastify-plugin";

export type HeronWebhookOptions<Events extends EventMap = HeronEvents> = ReceiverOptions<
  Events,
  FastifyRequest
>;

/** Events of your own are typed by `app.register(heronWebhook<MyEvents>, { on })`. */
export interface HeronWebhookPlugin {
  <Events extends EventMap>(
    app: FastifyInstance,
    options: HeronWebhookOptions<NoInfer<Events>>,
  ): Promise<void>;
  // Last, since that is the one from which `register` takes the type of its options.
  (app: FastifyInstance, options: HeronWebhookOptions): Promise<void>;
}

const BODY_CONSUMED_HINT =
  "In Fastify, a hook or plugin read request.raw in onRequest. Let it pass over this route, or register heronWebhook before it.";

async function registerWebhook(
  app: FastifyInstance,
  pluginOptions: HeronWebhookOptions & RegisterOptions,
): Promise<void> {
  // `fastify()` without a logger has one that says nothing, and no level: a refusal would leave no trace.
  const defaultLogger = app.log.level === undefined ? consoleLogger : app.log;
  const { prefix: _1, logLevel: _2, logSerializers: _3, logger = defaultLogger, ...options } = pluginOptions;
  const receiver = createReceiver<HeronEvents, FastifyRequest>({ ...options, logger });
  if (options.on === undefined && logger !== false)
    logger.warn(
      { path: receiver.path },
      'heron-webhooks: no handlers configured ("on"): verified events are acknowledged and discarded',
    );

  async function handleRequest(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const incoming = nodeRequest(request.raw, { source: request, bodyConsumedHint: BODY_CONSUMED_HINT });
    const { status, headers, body } = await receiver.receive(incoming);
    return reply.code(status).headers(headers).send(body);
  }

  // Last of the route's `onRequest`, where plugins such as @fastify/rate-limit append their own hooks to each route: their
  // `onRoute` runs before this one, which is of an inner scope. Not later than `onRequest`, since Fastify would judge the
  // content type and decode the body.
  app.addHook("onRoute", (route) => {
    route.onRequest = [...[route.onRequest ?? []].flat(), handleRequest];
  });
  app.route({
    method: app.supportedMethods,
    url: receiver.path,
    // No part of the application's own API: @fastify/swagger leaves it out.
    schema: { hide: true } as FastifySchema,
    // Never reached, but a route must have one.
    handler: handleRequest,
  });
  app.addHook("onClose", () => receiver.close());
}

/**
 * Verifies and handles the webhooks that come by `POST` to `path`: `await app.register(heronWebhook, { on })`.
 *
 * Encapsulated: no parser, body or limit of another route changes, whatever the order of registration. The body is
 * read before Fastify would parse it, so that its bytes are those that were signed. Logs through `app.log` unless
 * told otherwise, and closes with the application.
 * @throws HeronError `option_invalid`, `pattern_invalid`, `secret_missing`, `secret_invalid`, from `register`
 */
// `fp` for the name and the check of Fastify's version alone: `encapsulate` leaves the plugin a scope of its own.
export const heronWebhook: HeronWebhookPlugin = fp(registerWebhook, {
  fastify: "5.x",
  name: "@heron-webhooks/fastify",
  encapsulate: true,
});
export default heronWebhook;
