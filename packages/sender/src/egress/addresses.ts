import { isIP } from "node:net";
import { HeronError } from "@heron-webhooks/core";
import ipaddr from "ipaddr.js";
import { embeddedIPv4, isTranslatable, type Prefix } from "./nat64.ts";

/** A range of addresses. */
export type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Azure's platform address: its range is public, its service is not. Source: Microsoft Learn, "168.63.129.16". */
const PLATFORM = "168.63.129.16";
/** The IPv6 addresses that are assigned so far. Source: IANA, "IPv6 Global Unicast Address Assignments". */
const GLOBAL: Range = ipaddr.parseCIDR("2000::/3");

/** @throws HeronError `option_invalid` if one is no range such as `127.0.0.0/8` */
export function parseRanges(ranges: readonly string[]): readonly Range[] {
  if (!Array.isArray(ranges))
    throw new HeronError("option_invalid", `egress.allow must be a list of ranges such as "127.0.0.0/8".`);
  return ranges.map((range) => {
    if (ipaddr.isValidCIDR(range)) return ipaddr.parseCIDR(range);
    throw new HeronError(
      "option_invalid",
      `egress.allow must be ranges such as "127.0.0.0/8" or "::1/128", not ${JSON.stringify(range)}.`,
    );
  });
}

/**
 * The error for a host without an address that may be connected to. Its message is shown to the webhook's owner, so what
 * the application can configure is in the cause.
 */
export function forbiddenError(host: string): HeronError {
  const what = isIP(host) === 0 ? "has no address" : "is not an address";
  return new HeronError(
    "address_forbidden",
    `${host} ${what} on the public internet. Webhooks are delivered to public addresses only.`,
    {
      cause: new Error(
        'the address is in no range of egress.allow. For development, allow one: egress: { allow: ["127.0.0.0/8"] }',
      ),
    },
  );
}

/**
 * Whether an address may be connected to: it is public, or in an allowed range. An address that NAT64 translates is
 * judged by the IPv4 address inside. `prefixes` are those of the network's own NAT64; `64:ff9b::/96` is always one. While
 * they are not known (null), an address that may be one of NAT64 is allowed by an explicit range only.
 */
export function mayReach(
  address: string,
  allowed: readonly Range[],
  prefixes: readonly Prefix[] | null = [],
): boolean {
  if (isIP(address) === 0) return false;
  // An IPv4-mapped address is judged as the IPv4 address.
  const ip = ipaddr.process(address);
  if (allowed.some((range) => isWithin(ip, range))) return true;
  if (ip.kind() === "ipv4") return ip.range() === "unicast" && ip.toString() !== PLATFORM;
  const inside = embeddedIPv4(ip.toByteArray(), prefixes ?? []);
  if (inside !== null) return mayReach(inside, allowed);
  if (prefixes === null && isTranslatable(address)) return false;
  return ip.range() === "unicast" && isWithin(ip, GLOBAL);
}

function isWithin(ip: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Range): boolean {
  return ip.kind() === base.kind() && ip.match(base, bits);
}
