import type { Logger } from "@heron-webhooks/core";
import type { Access, Authorize } from "../access/access.ts";
import { isFromElsewhere } from "../access/same-origin.ts";
import { Problem } from "./problem.ts";

export interface AdmissionContext {
  readonly authorize: readonly Authorize[];
  readonly logger: Logger;
}

/**
 * Who asks, and what they may do.
 * @throws Problem 401, 403, 503
 */
export async function admitted(request: Request, { authorize, logger }: AdmissionContext): Promise<Access> {
  if (isFromElsewhere(request))
    throw new Problem(
      403,
      "This came from another site's page. Programs send no cookie; a page of the same origin may send the header x-heron-console: 1.",
    );
  for (const one of authorize)
    try {
      const access = await one(request);
      if (access !== null) return access;
    } catch (error) {
      logger.error({ err: error }, "heron-webhooks: authorize of the console failed");
      throw new Problem(503, "Who may come in cannot be looked up for now.", {
        headers: { "retry-after": "5" },
      });
    }
  throw new Problem(401, "Nobody is let in by this: send x-api-key, or open a link to the console.");
}
