import type { Logger } from "@heron-webhooks/core";
import type { Access, Authorize } from "../access/access.ts";
import { isCrossSite } from "../access/cross-site.ts";
import { Problem } from "./problem.ts";

export interface AuthenticationContext {
  readonly authorizers: readonly Authorize[];
  readonly logger: Logger;
}

/**
 * Who asks, and what they may do.
 * @throws Problem 401, 403, 503
 */
export async function authenticate(request: Request, { authorizers, logger }: AuthenticationContext): Promise<Access> {
  if (isCrossSite(request))
    throw new Problem(
      403,
      "This came from another site's page. Programs send no cookie; a page of the same origin may send the header x-heron-console: 1.",
    );
  for (const authorizer of authorizers)
    try {
      const access = await authorizer(request);
      if (access !== null) return access;
    } catch (error) {
      logger.error({ err: error }, "heron-webhooks: authorize of the console failed");
      throw new Problem(503, "Who may come in cannot be looked up for now.", {
        headers: { "retry-after": "5" },
      });
    }
  throw new Problem(401, "Nobody is let in by this: send x-api-key, or open a link to the console.");
}
