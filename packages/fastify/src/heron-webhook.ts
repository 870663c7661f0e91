import type { EventMap, HeronEvents } from "@heron-webhooks/core";
import {
  consoleLogger,
  createReceiver,
  nodeRequest,
  type ReceiverOptions,
} from "@heron-webhooks/core/receiver";
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
  // Last, since `register` takes its options' type from the last overload.
  (app: FastifyInstance, options: HeronWebhookOptions): Promise<void>;
}

const BODY_CONSUMED_HINT =
  "In Fastify, a hook or plugin read request.raw in onRequest. Let it pass over this route, or register heronWebhook before it.";

async function registerWebhook(
  app: FastifyInstance,
  pluginOptions: HeronWebhookOptions & RegisterOptions,
): Promise<void> {
  // `fastify()` without a logger has a silent one without a level: rejected requests would leave no trace.
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

  // Last in the route's `onRequest`, after hooks that plugins such as @fastify/rate-limit append: their `onRoute` runs before
  // this one of an inner scope. Not later than `onRequest`, since Fastify then checks the content type and decodes the body.
  app.addHook("onRoute", (route) => {
    route.onRequest = [...[route.onRequest ?? []].flat(), handleRequest];
  });
  app.route({
    method: app.supportedMethods,
    url: receiver.path,
    // Not part of the application's API: @fastify/swagger omits it.
    schema: { hide: true } as FastifySchema,
    // Never called, but required.
    handler: handleRequest,
  });
  app.addHook("onClose", () => receiver.close());
}

/**
 * Verifies and handles webhooks sent by `POST` to `path`: `await app.register(heronWebhook, { on })`.
 *
 * Encapsulated: changes no parser, body or limit of other routes, regardless of registration order. Reads the raw body
 * before Fastify parses it. Logs to `app.log` by default, and closes with the application.
 * @throws HeronError `option_invalid`, `pattern_invalid`, `secret_missing`, `secret_invalid`, from `register`
 */
// `fp` only for the name and the version check: `encapsulate` keeps the plugin's own scope.
export const heronWebhook: HeronWebhookPlugin = fp(registerWebhook, {
  fastify: "5.x",
  name: "@heron-webhooks/fastify",
  encapsulate: true,
});
export default heronWebhook;
