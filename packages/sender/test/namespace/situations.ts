// One situation in a namespace: `node situations.ts NAME` prints its figures as JSON. It asks the name server that it
// runs at 127.0.0.1:53 of the namespace, as the system's.
import type { Zone } from "../name-server.ts";
import { beside, type Situation } from "./beside.ts";
import { addAddress, layWire } from "./wire.ts";

const DEAD: Zone = { silent: ["A", "AAAA"] };
/** No host of the namespace has a route to it. */
const NO_ROUTE = "2001:db8:9::1";
const SHORT = { emitMs: 3000, everyMs: 200, customers: 5, restMs: 20_000 };

function numbered(count: number, name: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `n${index}.${name}`);
}

/** `MINUTE COUNT`: so many bad customers for a minute, whose name server fails after 4 s; 20 good ones beside. */
function minute(count: number): Situation {
  const zones = { "*.bad.test": { rcode: "SERVFAIL", delayMs: 4000 } } as const;
  return {
    zones,
    hosts: numbered(count, "bad.test"),
    emitMs: 60_000,
    everyMs: 2000,
    customers: 20,
    restMs: 10_000,
  };
}

const SITUATIONS: Readonly<Record<string, () => Situation | Promise<Situation>>> = {
  minute: () => minute(Number(process.argv[3])),

  // The account's ten names are looked up 2 to 4 at a time, for 5 s each.
  dead: () => ({ ...SHORT, zones: { "*.bad.test": DEAD }, hosts: numbered(10, "bad.test"), restMs: 60_000 }),

  // More dead names than there are places, and fewer attempts at a time than the sender has slots.
  "dead-accounts": () => ({
    ...SHORT,
    emitMs: 6000,
    zones: { "*.bad.test": DEAD },
    hosts: numbered(200, "bad.test"),
    accounts: 40,
    concurrency: 1,
    restMs: 60_000,
  }),

  slow: () => ({
    ...SHORT,
    zones: { "*.bad.test": { rcode: "SERVFAIL", delayMs: 1000 } },
    hosts: numbered(10, "bad.test"),
  }),

  failing: () => ({
    ...SHORT,
    zones: { "a.bad.test": { rcode: "SERVFAIL" }, "b.bad.test": { rcode: "NXDOMAIN" }, "c.bad.test": {} },
    hosts: ["a.bad.test", "b.bad.test", "c.bad.test"],
  }),

  changing: () => ({
    ...SHORT,
    // Outside at one look-up, inside at the next.
    zones: {
      "bad.test": (query) => ({ A: [Math.ceil(query / 2) % 2 === 1 ? "127.0.0.3" : "127.0.0.1"], ttl: 0 }),
    },
    hosts: ["bad.test"],
    allow: ["127.0.0.3/32"],
  }),

  many: () => {
    const inside = Array.from({ length: 300 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    return {
      ...SHORT,
      zones: {
        "one-outside.test": { A: inside.toSpliced(20, 0, "127.0.0.3", "127.0.0.1") },
        "all-inside.test": { A: [...inside, "127.0.0.1"] },
        // Nothing listens at the first seven.
        "refused.test": { A: [...Array.from({ length: 7 }, (_, index) => `127.0.5.${index}`), "127.0.0.3"] },
      },
      hosts: ["one-outside.test", "all-inside.test", "refused.test"],
      allow: ["127.0.0.3/32", "127.0.5.0/24"],
    };
  },

  // 198.51.100.0/24 stands for the public internet, by its IPv4 addresses alone.
  nat64: () => {
    for (const prefix of ["64:ff9b::", "fd00:64::", "2001:db8:64::"])
      for (const address of ["c633:6401", "a9fe:a9fe"]) addAddress(`${prefix}${address}/128`, "lo");
    return {
      ...SHORT,
      zones: {
        "ipv4only.arpa": {
          A: ["192.0.0.170", "192.0.0.171"],
          AAAA: ["fd00:64::c000:aa", "2001:db8:64::c000:aa"],
        },
        "well-known.test": { AAAA: ["64:ff9b::c633:6401"] },
        "beside.test": { A: ["198.51.100.1"], AAAA: ["64:ff9b::c633:6401"] },
        "late.test": { A: ["198.51.100.1"], AAAA: ["64:ff9b::c633:6401"], delayMs: { AAAA: 500 } },
        "own.test": { AAAA: ["fd00:64::c633:6401"] },
        "inside.test": { AAAA: ["64:ff9b::a9fe:a9fe", "fd00:64::a9fe:a9fe", "2001:db8:64::a9fe:a9fe"] },
        "not-announced.test": { AAAA: ["fd00:65::c633:6401"] },
      },
      hosts: ["well-known.test", "beside.test", "late.test", "own.test", "inside.test", "not-announced.test"],
      allow: ["198.51.100.0/24"],
    };
  },

  distant: async () => {
    await layWire(
      ["198.51.100.1=130", "198.51.100.2=150", "198.51.100.3=0!"],
      ["198.51.100.254/24", "2001:db8:1::fe/64"],
    );
    return {
      ...SHORT,
      zones: {
        "rtt-260.test": { A: ["198.51.100.1"], AAAA: [NO_ROUTE] },
        "rtt-300.test": { A: ["198.51.100.2"], AAAA: [NO_ROUTE] },
        "rtt-300-ipv4.test": { A: ["198.51.100.2"] },
        "ipv6-blackhole.test": { A: ["198.51.100.2"], AAAA: ["2001:db8:1::9"] },
        "ipv4-blackhole.test": { A: ["198.51.100.9", "198.51.100.2"] },
        "two-blackholes.test": { A: ["198.51.100.9", "198.51.100.2"], AAAA: ["2001:db8:1::9"] },
        "lost-syn.test": { A: ["198.51.100.3"], AAAA: [NO_ROUTE] },
        "aaaa-hangs.test": { A: ["198.51.100.2"], silent: ["AAAA"] },
      },
      hosts: [
        "rtt-260.test",
        "rtt-300.test",
        "rtt-300-ipv4.test",
        "ipv6-blackhole.test",
        "ipv4-blackhole.test",
        "two-blackholes.test",
        "lost-syn.test",
        "aaaa-hangs.test",
      ],
      allow: ["198.51.100.0/24", "2001:db8::/32"],
    };
  },

  // More webhooks than the sender makes attempts at a time, each with a dead name server of its own.
  crowd: () => ({
    ...SHORT,
    everyMs: 500,
    zones: { "*.bad.test": DEAD },
    hosts: numbered(300, "bad.test"),
    restMs: 10_000,
  }),
};

const situation = await SITUATIONS[process.argv[2] ?? ""]?.();
if (situation === undefined) throw new Error(`usage: situations.ts ${Object.keys(SITUATIONS).join("|")}`);
process.stdout.write(JSON.stringify(await beside(situation)), () => process.exit());
