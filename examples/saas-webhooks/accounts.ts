import type { AccountSender } from "@heron-webhooks/sender";
import type { FastifyInstance, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** Whose request it is: the sender, as far as it is theirs. */
    customer: AccountSender;
  }
}

/** For a demonstration. An application looks keys up in its database, by their hash. */
const ACCOUNT_BY_KEY: ReadonlyMap<string, string> = new Map([
  ["demo_acme", "acme"],
  ["demo_globex", "globex"],
]);

/** Every route of this scope wants a key, and knows by it whose request it is. */
export function withAccounts(app: FastifyInstance): void {
  // Set by the hook below before any route of this scope is called.
  app.decorateRequest("customer");
  app.addHook("onRequest", async (request, reply) => {
    const account = ACCOUNT_BY_KEY.get(keyIn(request));
    if (account === undefined)
      return reply.code(401).send({ error: "unauthorized", message: "Send your key as X-Api-Key." });
    request.customer = app.heron.forAccount(account);
  });
}

function keyIn({ headers }: FastifyRequest): string {
  const key = headers["x-api-key"];
  return typeof key === "string" ? key : "";
}
