import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, test } from "vitest";
import { mayReach, parseRanges } from "../src/egress/addresses.ts";
import { announcedPrefixes, embeddedIPv4, Nat64, type Prefix } from "../src/egress/nat64.ts";
import { Resolver } from "../src/egress/resolver.ts";
import { silentLogger } from "./create-test-sender.ts";
import { NameServer, type Zone } from "./name-server.ts";

/** Source: RFC 6052, 2.4. Each holds 192.0.2.33. */
const EXAMPLES: readonly (readonly [prefix: string, address: string])[] = [
  ["2001:db8::/32", "2001:db8:c000:221::"],
  ["2001:db8:100::/40", "2001:db8:1c0:2:21::"],
  ["2001:db8:122::/48", "2001:db8:122:c000:2:2100::"],
  ["2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"],
  ["2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"],
  ["2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"],
];

function prefixOf(cidr: string): Prefix {
  const [base, bits] = ipaddr.IPv6.parseCIDR(cidr);
  return { bytes: base.toByteArray().slice(0, bits / 8), bits };
}

/** By RFC 6052, 2.2, byte by byte, and not by a table as the code does. */
function embed({ bytes, bits }: Prefix, ipv4: readonly number[], suffix: number): string {
  const address: number[] = [...bytes];
  for (const byte of ipv4) {
    if (address.length === 8 && bits < 96) address.push(0);
    address.push(byte);
  }
  if (address.length === 8) address.push(0);
  while (address.length < 16) address.push(suffix);
  return new ipaddr.IPv6(address).toString();
}

const anyPrefix = fc
  .record({
    bits: fc.constantFrom(32, 40, 48, 56, 64, 96),
    tail: fc.uint8Array({ minLength: 12, maxLength: 12 }),
  })
  .map(({ bits, tail }): Prefix => {
    const bytes = [0x20, 1, ...tail].slice(0, bits / 8);
    // Source: RFC 6052, 2.2: bits 64 to 71 are zero in a prefix of 96 bits, too.
    if (bits === 96) bytes[8] = 0;
    return { bytes, bits };
  });
const anyIPv4 = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });

describe("the IPv4 address inside", () => {
  test.each(EXAMPLES)("is found after %s", (prefix, address) => {
    const bytes = ipaddr.IPv6.parse(address).toByteArray();
    expect(embeddedIPv4(bytes, [prefixOf(prefix)])).toBe("192.0.2.33");
    expect(embeddedIPv4(bytes, [])).toBeNull();
  });

  test("is found after every prefix, whatever it is and follows", () => {
    fc.assert(
      fc.property(anyPrefix, anyIPv4, fc.nat(255), (prefix, ipv4, suffix) => {
        const bytes = ipaddr.IPv6.parse(embed(prefix, ipv4, suffix)).toByteArray();
        expect(embeddedIPv4(bytes, [prefix])).toBe(ipv4.join("."));
      }),
      getRuns(100),
    );
  });

  test("decides whether the address may be reached", () => {
    fc.assert(
      fc.property(anyPrefix, anyIPv4, fc.nat(255), (prefix, ipv4, suffix) => {
        const isPublic = mayReach(ipv4.join("."), []);
        expect(mayReach(embed(prefix, ipv4, suffix), [], [prefix])).toBe(isPublic);
      }),
      getRuns(100),
    );
  });

  test.each([
    ["64:ff9b::5db8:d822", true],
    ["64:ff9b::808:808", true],
    ["64:ff9b::a9fe:a9fe", false],
    ["64:ff9b::7f00:1", false],
    ["64:ff9b::a00:1", false],
    ["64:ff9b::a83f:8110", false],
    ["64:ff9b:0:0:0:1:808:808", false],
    ["64:ff9b:1::808:808", false],
    ["fd00:64::808:808", false],
  ])("%s may be reached without any prefix of the network's own: %s", (address, isAllowed) =>
    expect(mayReach(address, [])).toBe(isAllowed),
  );

  test("of the network's own prefix is judged, in unique local and local-use addresses too", () => {
    const prefixes = [prefixOf("64:ff9b:1::/96"), prefixOf("fd00:64::/96"), prefixOf("2001:db8:64::/96")];
    for (const base of ["64:ff9b:1::", "fd00:64::", "2001:db8:64::"]) {
      expect(mayReach(`${base}808:808`, [], prefixes)).toBe(true);
      expect(mayReach(`${base}a9fe:a9fe`, [], prefixes)).toBe(false);
      expect(mayReach(`${base}a9fe:a9fe`, parseRanges(["169.254.169.254/32"]), prefixes)).toBe(true);
    }
    expect(mayReach("fd00:65::808:808", [], prefixes)).toBe(false);
  });
});

describe("an address while the network's own prefix is not known", () => {
  test("may be reached only if it cannot be one of NAT64, or is in an allowed range", () => {
    const mayReachUnknown = (address: string, ranges: readonly string[] = []): boolean =>
      mayReach(address, parseRanges(ranges), null);
    for (const address of ["1.1.1.1", "64:ff9b::808:808"]) expect(mayReachUnknown(address)).toBe(true);
    for (const address of ["64:ff9b::a9fe:a9fe", "2606:4700:4700::1111", "2001:db8:64::a9fe:a9fe"])
      expect(mayReachUnknown(address)).toBe(false);
    expect(mayReachUnknown("2606:4700:4700::1111", ["2000::/3"])).toBe(true);
  });
});

describe("the network's own prefix", () => {
  test("is read from any of the six positions", () => {
    fc.assert(
      fc.property(anyPrefix, fc.constantFrom(170, 171), (prefix, last) => {
        const found = announcedPrefixes([embed(prefix, [192, 0, 0, last], 0)]);
        expect(found).toContainEqual(prefix);
      }),
      getRuns(100),
    );
  });

  test("is none if the answer does not hold the well-known address, or is not an address of a network", () => {
    const answers = ["2001:db8::1", "192.0.0.170", "::ffff:192.0.0.170", "fe80::c000:aa", "ff02::c000:aa"];
    expect(announcedPrefixes(answers)).toEqual([]);
  });

  interface Discovered {
    readonly prefixes: readonly Prefix[] | null;
    readonly queries: readonly string[];
    readonly warnings: readonly string[];
  }

  async function discover(zone: Zone | undefined): Promise<Discovered> {
    await using server = await NameServer.open();
    if (zone !== undefined) server.zones.set("ipv4only.arpa", zone);
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
    const nat64 = new Nat64(new Resolver({ servers: [server.address], maxLookupMs: 300 }), logger);
    const ask = (): Promise<readonly Prefix[] | null> => new Promise((done) => nat64.prefixes(done));
    const [prefixes = null] = await Promise.all([ask(), ask()]);
    expect(await ask()).toEqual(prefixes);
    return { prefixes, queries: server.queries, warnings };
  }

  test("is looked up once", async () => {
    const A = ["192.0.0.170", "192.0.0.171"];
    const AAAA = ["fd00:64::c000:aa", "fd00:64::c000:ab"];
    const { prefixes, queries, warnings } = await discover({ A, AAAA });
    expect([prefixes?.[0], queries]).toEqual([prefixOf("fd00:64::/96"), ["AAAA ipv4only.arpa"]]);
    expect(warnings).toEqual([]);
  });

  test("is found while the look-ups of customers take every place", async () => {
    await using server = await NameServer.open();
    server.zones.set("dead.test", { silent: ["A", "AAAA"] });
    server.zones.set("ipv4only.arpa", { AAAA: ["fd00:64::c000:aa"] });
    const resolver = new Resolver({
      servers: [server.address],
      limits: { quick: 1, slow: 1, perAccount: 1 },
    });
    const leave = resolver.lookup("dead.test", { account: "acme", found() {}, ended() {} });
    const nat64 = new Nat64(resolver);
    const prefixes = await new Promise<readonly Prefix[] | null>((done) => nat64.prefixes(done));
    expect(prefixes?.[0]).toEqual(prefixOf("fd00:64::/96"));
    leave();
  });

  test("is none in a network without NAT64", async () => {
    const A = ["192.0.0.170", "192.0.0.171"];
    for (const zone of [{ A }, undefined])
      expect(await discover(zone)).toMatchObject({ prefixes: [], warnings: [] });
  });

  test.each([
    ["fails", { rcode: "SERVFAIL" }],
    ["fails for IPv6 alone", { A: ["192.0.0.170"], rcode: "SERVFAIL" }],
    ["does not answer", { silent: ["A", "AAAA"] }],
    ["does not answer for IPv6", { A: ["192.0.0.170"], silent: ["AAAA"] }],
  ] as const)("is unknown where the name server %s, and the log says so", async (_, zone) => {
    const { prefixes, warnings } = await discover(zone);
    expect(prefixes).toBeNull();
    expect(warnings).toEqual([expect.stringContaining("NAT64 discovery failed")]);
  });
});
