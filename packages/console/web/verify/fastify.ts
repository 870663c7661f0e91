import type { ReceiverOptions } from "./receiver-options.ts";

export function toFastifySnippet({ path, receivesEvents }: ReceiverOptions): string {
  return receivesEvents ? toEventReceiver(path) : toBodyReceiver(path);
}

function toEventReceiver(path: string): string {
  return `import { heronWebhook } from "@heron-webhooks/fastify";
import fastify from "fastify";

const app = fastify({ logger: true });
await app.register(heronWebhook, {
  path: ${JSON.stringify(path)},
  on: {
    "**": async (event) => console.log(event.topic, event.data),
  },
});
await app.listen({ port: Number(process.env["PORT"] ?? 3000) });
`;
}

function toBodyReceiver(path: string): string {
  return `import { verify } from "@heron-webhooks/core";
import fastify from "fastify";

const secret = process.env["HERON_WEBHOOK_SECRET"];
if (!secret) throw new Error("HERON_WEBHOOK_SECRET is not set");

const app = fastify({ logger: true });
await app.register(async (hooks) => {
  // Signatures cover the raw body, so disable body parsing.
  hooks.removeAllContentTypeParsers();
  hooks.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  hooks.post(${JSON.stringify(path)}, async (request, reply) => {
    const body = request.body as Buffer;
    try {
      verify(body, String(request.headers["heron-signature"] ?? ""), secret, { rawBodyOnly: true });
    } catch {
      return reply.code(401).send();
    }
    console.log(JSON.parse(body.toString("utf8")));
    return reply.code(200).send();
  });
});
await app.listen({ port: Number(process.env["PORT"] ?? 3000) });
`;
}
