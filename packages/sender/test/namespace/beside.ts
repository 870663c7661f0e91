import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { createSender, memoryStore } from "../../src/index.ts";
import { silentLogger } from "../create-test-sender.ts";
import { NameServer, type Zone } from "../name-server.ts";

export interface Situation {
  readonly zones: Readonly<Record<string, Zone | ((query: number) => Zone)>>;
  /** A webhook each. */
  readonly hosts: readonly string[];
  /** How many accounts these webhooks belong to, in turn. Default: one. */
  readonly accounts?: number;
  /** How many attempts each of these webhooks has at a time. Default: the sender's. */
  readonly concurrency?: number;
  /** Ranges that may be reached, beside the good customers' address. */
  readonly allow?: readonly string[];
  /** For how long events are emitted, and how often, for every webhook. */
  readonly emitMs: number;
  readonly everyMs: number;
  /** How many customers are beside, each an account with one webhook. */
  readonly customers: number;
  /** For how long after that what is missing may still come. */
  readonly restMs: number;
}

export interface Figures {
  /** The other customers' deliveries. Late is later than 5 s. */
  readonly good: {
    readonly deliveries: number;
    readonly missing: number;
    readonly late: number;
    readonly medianMs: number | null;
    readonly failedAttempts: number;
    /** Webhooks that are marked as failing. */
    readonly failing: number;
  };
  /** `dns.lookup` of the application, in the same process. */
  readonly lookups: { readonly made: number; readonly slowestMs: number };
  /** By host: the time of the first delivery, and why attempts failed. */
  readonly hosts: Readonly<
    Record<string, { readonly firstMs: number | null; readonly reasons: readonly string[] }>
  >;
  /** Requests that came to 127.0.0.1, which no webhook may reach. */
  readonly inside: number;
}

const GOOD = "127.0.0.2";
const LATE_MS = 5000;
const LOOKUP_EVERY_MS = 250;

/**
 * The accounts have webhooks at these hosts, and good customers are beside it, whose receivers close every connection: each of
 * their deliveries needs a look-up and a new connection.
 */
export async function beside(situation: Situation): Promise<Figures> {
  // Not `await using`: Node 22 runs this file as it is.
  const server = await NameServer.open(53);
  try {
    return await measure(situation, server);
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

async function measure(situation: Situation, server: NameServer): Promise<Figures> {
  const {
    zones,
    hosts,
    accounts: badCount = 1,
    concurrency,
    allow = [],
    emitMs,
    everyMs,
    customers,
    restMs,
  } = situation;
  for (const [name, zone] of Object.entries(zones)) server.zones.set(name, zone);
  server.zones.set("*.good.test", { A: [GOOD], ttl: 0 });

  const emitted = new Map<string, number>();
  const took = new Map<string, number>();
  const arrivals: { readonly host: string; readonly ms: number }[] = [];
  let inside = 0;
  const receiver = createServer(async (request, response) => {
    const { id } = (await json(request)) as { readonly id: string };
    const host = request.headers.host?.split(":")[0] ?? "";
    const ms = performance.now() - (emitted.get(id) ?? 0);
    arrivals.push({ host, ms });
    if (!took.has(`${host} ${id}`)) took.set(`${host} ${id}`, ms);
    if (request.socket.localAddress?.endsWith("127.0.0.1")) inside += 1;
    response.writeHead(200, { connection: "close" }).end();
  });
  receiver.listen(0, "::");
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;

  const reasons = new Map<string, Set<string>>();
  let failedAttempts = 0;
  const sender = createSender({
    store: memoryStore(),
    logger: silentLogger,
    egress: { allow: [`${GOOD}/32`, ...allow], allowHttp: true },
    hooks: {
      onAttempt: ({ outcome, reason }, _, { account, url }) => {
        if (outcome === "delivered") return;
        if (!account.startsWith("bad-")) failedAttempts += 1;
        const { hostname } = new URL(url);
        reasons.set(hostname, (reasons.get(hostname) ?? new Set()).add(reason ?? ""));
      },
    },
  });
  sender.start();
  const create = (account: string, host: string, options: { concurrency?: number } = {}): Promise<unknown> =>
    sender.webhooks.create({ account, url: `http://${host}:${port}/`, topics: ["**"], ...options });
  const accounts = Array.from({ length: customers }, (_, index) => `good-${index}`);
  const bad = Array.from({ length: badCount }, (_, index) => `bad-${index}`);
  for (const [index, host] of hosts.entries())
    await create(`bad-${index % badCount}`, host, concurrency === undefined ? {} : { concurrency });
  for (const account of accounts) await create(account, `${account}.good.test`);

  const lookups: { readonly from: number; ms: number | null }[] = [];
  const probe = setInterval(() => {
    const made: { readonly from: number; ms: number | null } = { from: performance.now(), ms: null };
    const ended = (): void => {
      made.ms = performance.now() - made.from;
    };
    lookup(`application-${lookups.push(made)}.good.test`).then(ended, ended);
  }, LOOKUP_EVERY_MS);
  const emit = async (account: string, index: number): Promise<void> => {
    const id = `${account}-${index}`;
    emitted.set(id, performance.now());
    await sender.emit("a.b", null, { account, id });
  };
  let emissions = 0;
  for (const from = performance.now(); performance.now() - from < emitMs; emissions++) {
    await Promise.all([...bad, ...accounts].map((account) => emit(account, emissions)));
    await setTimeout(everyMs);
  }
  const deliveries = emissions * customers;
  const goodMs = (): number[] => [...took].flatMap(([key, ms]) => (key.includes(".good.test ") ? [ms] : []));
  const hasOutcome = (host: string): boolean =>
    reasons.has(host) || arrivals.some((arrival) => arrival.host === host);
  const isOver = (): boolean =>
    goodMs().length === deliveries && hosts.every(hasOutcome) && lookups.every(({ ms }) => ms !== null);
  clearInterval(probe);
  for (const from = performance.now(); performance.now() - from < restMs && !isOver(); ) await setTimeout(20);
  const slowestMs = Math.max(...lookups.map(({ from, ms }) => ms ?? performance.now() - from));
  const { data } = await sender.webhooks.list({}, { limit: 1000 });
  const good = goodMs().toSorted((a, b) => a - b);
  const figures: Figures = {
    good: {
      deliveries,
      missing: deliveries - good.length,
      late: deliveries - good.filter((ms) => ms <= LATE_MS).length,
      medianMs: Math.round(good[Math.floor(good.length / 2)] ?? Number.NaN) || null,
      failedAttempts,
      failing: data.filter(
        ({ account, failingSince }) => !account.startsWith("bad-") && failingSince !== null,
      ).length,
    },
    lookups: { made: lookups.length, slowestMs: Math.round(slowestMs) },
    hosts: Object.fromEntries(
      hosts.map((host) => {
        const firstMs = arrivals.find((arrival) => arrival.host === host)?.ms;
        const first = firstMs === undefined ? null : Math.round(firstMs);
        return [host, { firstMs: first, reasons: [...(reasons.get(host) ?? [])] }];
      }),
    ),
    inside,
  };
  await sender.close({ timeout: 0 });
  receiver.closeAllConnections();
  receiver.close();
  return figures;
}
