import {
  createReceiver,
  type EventMap,
  type HeronEvents,
  nodeRequest,
  type ReceiverOptions,
} from "@heron-webhooks/core";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";

/** {@link ReceiverOptions}, and Fastify's own for a plugin that is registered. */
export type HeronWebhookOptions<Events extends EventMap = HeronEvents> = ReceiverOptions<
  Events,
  FastifyRequest
> & {
  readonly prefix?: string;
};

const FIX =
  "In Fastify a hook or plugin read request.raw before it, in onRequest; let it pass over this route, or register heronWebhook before it.";

/**
 * Verifies and handles the webhooks that come by `POST` to `path`: `await app.register(heronWebhook, { on })`.
 *
 * Encapsulated: no parser, body or limit of another route changes, whatever the order of registration. The body is
 * read before Fastify would parse it, so that its bytes are those that were signed. Logs through `app.log` unless
 * told otherwise, and closes with the application.
 * @throws HeronError `option_invalid`, `pattern_invalid`, `secret_missing`, `secret_invalid`, from `register`
 */
export async function heronWebhook<Events extends EventMap = HeronEvents>(
  app: FastifyInstance,
  { prefix: _prefix, ...options }: HeronWebhookOptions<Events>,
): Promise<void> {
  const receiver = createReceiver<Events, FastifyRequest>({ logger: app.log, ...options });

  if (options.on === undefined)
    app.log.warn(
      "heron-webhooks: there are no handlers (`on`), so every verified event is answered with 200 and dropped",
    );

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { status, headers, body } = await receiver.receive(
      nodeRequest(request.raw, { source: request, fix: FIX }),
    );
    return reply.code(status).headers(headers).send(body);
  }

  app.route({
    method: app.supportedMethods,
    url: receiver.path,
    // Before parsing: Fastify would look at the content type, and decode.
    onRequest: answer,
    // Never reached; a route must have one.
    handler: answer,
  });
  app.addHook("onClose", () => receiver.close());
}

const plugin: FastifyPluginAsync<HeronWebhookOptions> = heronWebhook;
export default plugin;
