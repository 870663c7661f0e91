import type { AccountSender } from "@heron-webhooks/sender";
import type { FastifyInstance, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** The sender, limited to the account of the request. */
    customer: AccountSender;
  }
}

/** Demo keys. An application stores the hashes of keys in its database. */
const ACCOUNT_BY_KEY: ReadonlyMap<string, string> = new Map([
  ["demo_acme", "acme"],
  ["demo_globex", "globex"],
]);

/** Authenticates every route of this scope by its API key. */
export function withAccounts(app: FastifyInstance): void {
  // Set by the hook below before the routes run.
  app.decorateRequest("customer");
  app.addHook("onRequest", async (request, reply) => {
    const account = ACCOUNT_BY_KEY.get(getKey(request));
    if (account === undefined)
      return reply.code(401).send({ error: "unauthorized", message: "Send your key as X-Api-Key." });
    request.customer = app.heron.forAccount(account);
  });
}

function getKey({ headers }: FastifyRequest): string {
  const key = headers["x-api-key"];
  return typeof key === "string" ? key : "";
}
