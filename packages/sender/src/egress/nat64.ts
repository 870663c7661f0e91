import type { Logger } from "@heron-webhooks/core";
import ipaddr from "ipaddr.js";
import type { Resolver } from "./resolver.ts";

/** A NAT64 prefix: the first `bits` of an address, 32, 40, 48, 56, 64 or 96 of them. */
export interface Prefix {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** Where the four bytes of the IPv4 address are, by the prefix's length. Byte 8 is skipped. Source: RFC 6052, 2.2. */
const POSITIONS: readonly (readonly [bits: number, positions: readonly number[]])[] = [
  [32, [4, 5, 6, 7]],
  [40, [5, 6, 7, 9]],
  [48, [6, 7, 9, 10]],
  [56, [7, 9, 10, 11]],
  [64, [9, 10, 11, 12]],
  [96, [12, 13, 14, 15]],
];
/** Source: RFC 6052, 2.1. */
const WELL_KNOWN: Prefix = { bytes: [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], bits: 96 };
/** A name that has only these IPv4 addresses; a resolver that synthesizes AAAA answers reveals its prefix. Source: RFC 7050. */
const DISCOVERY_NAME = "ipv4only.arpa";
const DISCOVERY_ADDRESSES: ReadonlySet<string> = new Set(["192.0.0.170", "192.0.0.171"]);
/** Addresses that a network may use for translation: global unicast, unique local, and RFC 8215's local-use prefix. */
const TRANSLATABLE = ["2000::/3", "fc00::/7", "64:ff9b:1::/48"].map((range) => ipaddr.IPv6.parseCIDR(range));

const REFRESH_MS = 600_000;
const REFRESH_AFTER_FAILURE_MS = 30_000;

/** The IPv4 address inside an IPv6 address that NAT64 translates; null if it is not one. */
export function embeddedIPv4(address: readonly number[], prefixes: readonly Prefix[]): string | null {
  const prefix = [WELL_KNOWN, ...prefixes].find(({ bytes }) =>
    bytes.every((byte, index) => address[index] === byte),
  );
  return prefix === undefined ? null : extract(address, prefix.bits);
}

/** The prefixes that the addresses of `ipv4only.arpa` reveal. */
export function announcedPrefixes(addresses: readonly string[]): readonly Prefix[] {
  return addresses.filter(isTranslatable).flatMap((address) => {
    const bytes = ipaddr.IPv6.parse(address).toByteArray();
    const lengths = POSITIONS.filter(
      ([bits]) => (bits === 96 || bytes[8] === 0) && DISCOVERY_ADDRESSES.has(extract(bytes, bits)),
    );
    return lengths.map(([bits]) => ({ bytes: bytes.slice(0, bits / 8), bits }));
  });
}

/** Whether an address may be one of a network's own NAT64. */
export function isTranslatable(address: string): boolean {
  if (!ipaddr.IPv6.isValid(address)) return false;
  const ip = ipaddr.IPv6.parse(address);
  return TRANSLATABLE.some((range) => ip.match(range));
}

function extract(address: readonly number[], bits: number): string {
  const [, positions = []] = POSITIONS.find(([length]) => length === bits) ?? [];
  return positions.map((position) => address[position]).join(".");
}

/**
 * The prefixes of the network's own NAT64, looked up when they are first needed, and again later. While a look-up fails,
 * those found before are used.
 */
export class Nat64 {
  readonly #resolver: Resolver;
  readonly #logger: Logger | undefined;
  /** Null until discovery has succeeded once. */
  #prefixes: readonly Prefix[] | null = null;
  #freshUntil = Number.NEGATIVE_INFINITY;
  #isFailing = false;
  #waiting: (() => void)[] | null = null;

  constructor(resolver: Resolver, logger?: Logger) {
    // An answer for IPv4 alone would hide that the one for IPv6, which has the prefixes, is missing.
    this.#resolver = resolver.withOwnPlaces({
      limits: { quick: 1, slow: 1, perAccount: 1 },
      families: ["IPv6"],
    });
    this.#logger = logger;
  }

  /**
   * Calls back with the prefixes, at once if they are known, and when the look-up ends otherwise. Null: discovery has not
   * succeeded, so an IPv6 address may stand for any IPv4 address.
   */
  prefixes(done: (prefixes: readonly Prefix[] | null) => void): void {
    if (performance.now() >= this.#freshUntil && this.#waiting === null) this.#refresh();
    if (this.#prefixes !== null || this.#waiting === null) done(this.#prefixes);
    else this.#waiting.push(() => done(this.#prefixes));
  }

  #refresh(): void {
    this.#waiting = [];
    const found: string[] = [];
    this.#resolver.lookup(DISCOVERY_NAME, {
      account: "",
      found: (addresses) => found.push(...addresses),
      ended: (error) => {
        const isAnswer = error === null || ["ENOTFOUND", "ENODATA"].includes(error.code);
        if (isAnswer) this.#prefixes = announcedPrefixes(found);
        else this.#warn(error);
        this.#isFailing = !isAnswer;
        this.#refreshed(isAnswer ? REFRESH_MS : REFRESH_AFTER_FAILURE_MS);
      },
    });
  }

  #warn(err: Error): void {
    if (this.#isFailing || this.#prefixes !== null) return;
    this.#logger?.warn(
      { err, retryInMs: REFRESH_AFTER_FAILURE_MS },
      `heron-webhooks: NAT64 discovery failed (${DISCOVERY_NAME}); IPv6 addresses are not connected to until it succeeds`,
    );
  }

  #refreshed(freshMs: number): void {
    this.#freshUntil = performance.now() + freshMs;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const resume of waiting) resume();
  }
}
