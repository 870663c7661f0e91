import { HeronError } from "@heron-webhooks/core";
import { assertKnownKeys } from "@heron-webhooks/engine";
import { parseRanges, type Range } from "./addresses.ts";

/** What webhooks may reach beyond public addresses over https, for development. */
export interface EgressOptions {
  /** Address ranges that are allowed although they are not public, such as `"127.0.0.0/8"`. Default: none. */
  readonly allow?: readonly string[] | undefined;
  /** Whether webhook URLs may use http. Default `false`. */
  readonly allowHttp?: boolean | undefined;
}

export interface Egress {
  readonly allowed: readonly Range[];
  readonly http: boolean;
}

/** @throws HeronError `option_invalid` */
export function egressOf(options: EgressOptions = {}): Egress {
  assertKnownKeys("egress", options, { allow: true, allowHttp: true });
  const { allow = [], allowHttp = false } = options;
  if (typeof allowHttp !== "boolean")
    throw new HeronError("option_invalid", "egress.allowHttp must be true or false.");
  return { allowed: parseRanges(allow), http: allowHttp };
}
