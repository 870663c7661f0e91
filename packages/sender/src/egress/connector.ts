import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { HeronError } from "@heron-webhooks/core";
import { buildConnector } from "undici";
import { mayReach, type Range } from "./addresses.ts";

/** Resolves a name to all of its addresses. */
export type Resolve = (
  hostname: string,
  callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export interface GuardOptions {
  readonly allowed: readonly Range[];
  readonly connectMs: number;
  /** For tests. Default: the system's resolver. */
  readonly resolve?: Resolve | undefined;
}

/**
 * Connects only to addresses that may be reached. Asked at every connection: a literal as it is, a name by everything
 * it resolves to, and what was looked at is what is connected to, with the name for TLS. So neither a name that
 * resolves otherwise the second time, nor a literal, for which no resolver is asked, gets by.
 */
export function guardedConnector({
  allowed,
  connectMs,
  resolve = resolveAll,
}: GuardOptions): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, callback) =>
    resolve(hostname, (error, addresses) => {
      const bad = addresses.find(({ address }) => !mayReach(address, allowed));
      const first = addresses[0];
      if (error !== null) callback(error, []);
      else if (bad !== undefined || first === undefined) callback(forbidden(hostname), []);
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  // An HTTP/2 session that is dead would hold all attempts to its host.
  const connect = buildConnector({ timeout: connectMs, lookup, allowH2: false });
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0 && !mayReach(literal, allowed)) callback(forbidden(literal), null);
    else connect(options, callback);
  };
}

function resolveAll(
  hostname: string,
  callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
): void {
  systemLookup(hostname, { all: true, verbatim: true }, (error, addresses) =>
    callback(error, addresses ?? []),
  );
}

function forbidden(host: string): HeronError {
  return new HeronError(
    "address_forbidden",
    `${host} is not an address of the public internet, and webhooks go nowhere else. For development, egress: { allow: ["127.0.0.0/8"] } opens a range.`,
  );
}
