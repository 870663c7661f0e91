import { HeronError } from "@heron-webhooks/core";
import { serveWebHandler, type WebHandler } from "@heron-webhooks/core/internal";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";

export interface HeronConsoleOptions {
  /** From `createConsole` of `@heron-webhooks/console`. */
  readonly console: WebHandler & { close?(): void };
}

/**
 * Mounts a console: `await app.register(heronConsole, { prefix: "/heron", console })`. Does not change body parsing of
 * other routes.
 * @throws HeronError `option_invalid`, from `register`
 */
// Not through fastify-plugin: the parsers here apply only below the prefix.
export const heronConsole: FastifyPluginAsync<HeronConsoleOptions> = async (
  app: FastifyInstance,
  { console }: HeronConsoleOptions,
): Promise<void> => {
  if (typeof console?.fetch !== "function")
    throw new HeronError(
      "option_invalid",
      'heronConsole needs a console: app.register(heronConsole, { prefix: "/heron", console }), with one from createConsole().',
    );
  const { prefix } = app;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.addHook("preClose", async () => console.close?.());
  const handleRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const path = (request.raw.url ?? "").slice(prefix.length);
    const bodyConsumedHint = "Let nothing read the request before the console.";
    reply.hijack();
    try {
      await serveWebHandler(console, request.raw, reply.raw, {
        path: path.startsWith("/") ? path : `/${path}`,
        bodyConsumedHint,
      });
    } catch (error) {
      request.log.error({ err: error }, "heron-webhooks: the console failed");
      if (!reply.raw.headersSent) reply.raw.writeHead(500);
      reply.raw.end();
    }
  };
  app.all("/*", handleRequest);
  app.get("/", { prefixTrailingSlash: "no-slash" }, async (request, reply) => {
    const [path = "", query] = (request.raw.url ?? "").split("?", 2);
    const lastSegment = path.slice(path.lastIndexOf("/") + 1);
    return reply.redirect(`${lastSegment}/${query === undefined ? "" : `?${query}`}`, 308);
  });
};
