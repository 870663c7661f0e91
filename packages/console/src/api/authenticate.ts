import type { Logger } from "@heron-webhooks/core";
import type { Access, Authorize } from "../access/access.ts";
import { isCrossSite } from "../access/cross-site.ts";
import { Problem } from "./problem.ts";

export interface AuthenticationContext {
  readonly authorizers: readonly Authorize[];
  readonly logger: Logger;
}

/**
 * Returns the access of a request.
 * @throws Problem 401, 403, 503
 */
export async function authenticate(
  request: Request,
  { authorizers, logger }: AuthenticationContext,
): Promise<Access> {
  if (isCrossSite(request))
    throw new Problem(
      403,
      "Cross-site request refused. Send no cookie, or send the header x-heron-console: 1 from the same origin.",
    );
  for (const authorizer of authorizers)
    try {
      const access = await authorizer(request);
      if (access !== null) return access;
    } catch (error) {
      logger.error({ err: error }, "console: authorize failed");
      throw new Problem(503, "Authentication is temporarily unavailable.", {
        headers: { "retry-after": "5" },
      });
    }
  throw new Problem(401, "Not authenticated. Send an x-api-key header or open a console link.");
}
