import { HeronError } from "@heron-webhooks/core";

/** The schema that a store has if nobody names another. */
export const DEFAULT_SCHEMA = "heron";

/** @throws HeronError `option_invalid` */
export function assertSchemaName(schema: unknown): string {
  if (typeof schema !== "string" || !/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
    throw new HeronError(
      "option_invalid",
      "schema must be of lower-case letters, digits and _, and no longer than 41 characters.",
    );
  return schema;
}
