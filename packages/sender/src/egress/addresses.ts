import { isIP } from "node:net";
import { HeronError } from "@heron-webhooks/core";
import ipaddr from "ipaddr.js";

/** A range of addresses. */
export type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Azure's platform address: public by its number, and not by what it answers. Source: Microsoft Learn, "168.63.129.16". */
const PLATFORM = "168.63.129.16";
/** What IPv6 has given out so far. Source: IANA, "IPv6 Global Unicast Address Assignments". */
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
 * Whether an address may be connected to: one of the public internet, or in a range that was allowed. What is not an
 * address may not.
 */
export function mayReach(address: string, allowed: readonly Range[]): boolean {
  if (isIP(address) === 0) return false;
  // An IPv4 address in IPv6's clothes is what it is underneath.
  const ip = ipaddr.process(address);
  if (allowed.some((range) => isWithin(ip, range))) return true;
  if (ip.range() !== "unicast" || ip.toString() === PLATFORM) return false;
  return ip.kind() === "ipv4" || isWithin(ip, GLOBAL);
}

function isWithin(ip: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Range): boolean {
  return ip.kind() === base.kind() && ip.match(base, bits);
}
