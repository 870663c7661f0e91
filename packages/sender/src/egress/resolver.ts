import { Resolver as DnsResolver, type RecordWithTtl } from "node:dns";
import { ExpiringCache } from "./expiring-cache.ts";
import { HostsFile } from "./hosts-file.ts";
import { type LookupError, LookupPostponedError, lookupError } from "./lookup-error.ts";
import { LookupQueue, type QueueLimits } from "./lookup-queue.ts";

type Family = "IPv4" | "IPv6";

/** A caller that waits for a look-up. */
export interface LookupListener {
  /** The account that the look-up is for: places are shared fairly among accounts. */
  readonly account: string;
  /** Called with at least one address, and perhaps again, since IPv4 and IPv6 are answered separately. */
  found(addresses: readonly string[]): void;
  /** Called once, after all addresses. The error is null if there were any. */
  ended(error: LookupError | null): void;
}

export interface ResolverOptions {
  /** Default: those of the system, read again for each look-up. */
  readonly servers?: readonly string[] | undefined;
  readonly hosts?: HostsFile | undefined;
  readonly limits?: QueueLimits | undefined;
  /** Default: both. */
  readonly families?: readonly Family[] | undefined;
  readonly maxLookupMs?: number | undefined;
  /** How long a look-up may wait for a place. */
  readonly maxWaitMs?: number | undefined;
  readonly maxCached?: number | undefined;
  readonly now?: (() => number) | undefined;
}

/**
 * While a query is not answered, the next server is asked beside the first after this time, or the only one again. From
 * then on the look-up is slow.
 */
const QUERY_INTERVAL_MS = 1500;
const MAX_QUERIES = 3;
/** For both families and all queries. */
const MAX_LOOKUP_MS = 5000;
const MAX_WAIT_MS = 2000;
const LIMITS: QueueLimits = { quick: 64, slow: 32, perAccount: 4 };
/** How long the addresses of one family wait for the other's. Source: RFC 8305, 3. */
const RESOLUTION_DELAY_MS = 50;
const MAX_CACHED_MS = 30_000;
/** Short, since `node:dns` does not give the time that the zone wants its failures cached for. */
const FAILURE_CACHED_MS = 2000;
const MAX_CACHED = 1000;
/** How long a name counts as slow after a slow look-up. */
const SLOW_NAME_MS = 600_000;
const MAX_SLOW_NAMES = 10_000;
/** How many addresses of a name and family are used. */
const MAX_ADDRESSES = 64;

const LOOPBACK = ["127.0.0.1", "::1"];

/** What a look-up came to: addresses, or why there are none. */
type LookupResult =
  | { readonly addresses: readonly string[]; readonly error: null }
  | { readonly addresses: readonly []; readonly error: LookupError };

/**
 * Looks names up for webhooks, so that a name server that is slow or dead delays no other name. `dns.lookup` cannot be
 * used for that: libuv runs two of its look-ups at a time, for the whole process, and none can be cancelled. This one uses
 * c-ares, with one look-up per name at a time, limited places that accounts share fairly, and a short cache. A look-up is
 * cancelled when its last listener leaves.
 */
export class Resolver {
  readonly #options: ResolverOptions;
  readonly #hosts: HostsFile;
  readonly #cache: ExpiringCache<LookupResult>;
  readonly #slowNames: ExpiringCache<true>;
  readonly #queue: LookupQueue<Lookup>;
  readonly #lookups = new Map<string, Lookup>();

  constructor(options: ResolverOptions = {}) {
    this.#options = options;
    this.#hosts = options.hosts ?? new HostsFile();
    const now = options.now ?? (() => performance.now());
    this.#cache = new ExpiringCache(options.maxCached ?? MAX_CACHED, now);
    this.#slowNames = new ExpiringCache(MAX_SLOW_NAMES, now);
    this.#queue = new LookupQueue(options.limits ?? LIMITS);
  }

  /** How many look-ups run, how many wait for a place, and how many results are cached. */
  get size(): { readonly running: number; readonly waiting: number; readonly cached: number } {
    return { running: this.#queue.running, waiting: this.#queue.waiting, cached: this.#cache.size };
  }

  /** Gives a listener the addresses of a name, at once if they are known. The function that it returns removes the listener. */
  lookup(hostname: string, listener: LookupListener): () => void {
    const name = hostname.toLowerCase().replace(/\.$/, "");
    const local = isLocalhost(name) ? LOOPBACK : this.#hosts.get(name);
    const known = local === undefined ? this.#cache.get(name) : { addresses: local, error: null };
    if (known !== undefined) {
      if (known.error === null) listener.found(known.addresses);
      listener.ended(known.error);
      return () => {};
    }
    const lookup = this.#lookups.get(name) ?? this.#create(name);
    return lookup.join(listener);
  }

  /** A resolver with the same servers and places of its own: look-ups of this one do not delay it. */
  withOwnPlaces(options: Pick<ResolverOptions, "limits" | "families">): Resolver {
    return new Resolver({ ...this.#options, ...options });
  }

  #create(name: string): Lookup {
    let isSlow = false;
    const lookup = new Lookup(name, this.#slowNames.get(name) ?? false, this.#options, this.#queue, {
      slow: () => {
        isSlow = true;
        this.#slowNames.set(name, true, SLOW_NAME_MS);
      },
      ended: (addresses, error, ttlMs) => {
        this.#lookups.delete(name);
        if (addresses.length > 0)
          this.#cache.set(name, { addresses, error: null }, Math.min(ttlMs, MAX_CACHED_MS));
        else if (error !== null) this.#cache.set(name, { addresses: [], error }, FAILURE_CACHED_MS);
        else return;
        if (!isSlow) this.#slowNames.delete(name);
      },
    });
    this.#lookups.set(name, lookup);
    return lookup;
  }
}

interface LookupEvents {
  /** Called when the first query is not answered in time. */
  slow(): void;
  /** Without addresses and error, the look-up was cancelled. */
  ended(addresses: readonly string[], error: LookupError | null, ttlMs: number): void;
}

/** The look-up of one name, for all its listeners. */
class Lookup {
  readonly isSlow: boolean;
  readonly #name: string;
  readonly #options: ResolverOptions;
  readonly #queue: LookupQueue<Lookup>;
  readonly #events: LookupEvents;
  /** With the timer that ends their wait for a place. */
  readonly #listeners = new Map<LookupListener, NodeJS.Timeout | undefined>();
  readonly #addresses: string[] = [];
  readonly #errors: string[] = [];
  readonly #resolvers: DnsResolver[] = [];
  readonly #unanswered: Set<Family>;
  #ttlMs = Number.POSITIVE_INFINITY;
  /** How many of the addresses were passed on to the listeners. */
  #reported = 0;
  #isOver = false;
  #deadline: NodeJS.Timeout | undefined;
  #delay: NodeJS.Timeout | undefined;
  #nextQuery: NodeJS.Timeout | undefined;

  constructor(
    name: string,
    isSlow: boolean,
    options: ResolverOptions,
    queue: LookupQueue<Lookup>,
    events: LookupEvents,
  ) {
    this.#name = name;
    this.isSlow = isSlow;
    this.#options = options;
    this.#queue = queue;
    this.#events = events;
    this.#unanswered = new Set(options.families ?? ["IPv4", "IPv6"]);
  }

  join(listener: LookupListener): () => void {
    this.#listeners.set(listener, undefined);
    if (this.#reported > 0) listener.found(this.#addresses.slice(0, this.#reported));
    this.#queue.add(this, listener.account);
    if (!this.#isRunning) {
      const waitMs = this.#options.maxWaitMs ?? MAX_WAIT_MS;
      this.#listeners.set(
        listener,
        setTimeout(() => this.#postpone(listener), waitMs),
      );
    }
    return () => this.#leave(listener);
  }

  /** Called by the queue when there is a place. */
  start(): void {
    for (const [listener, timer] of this.#listeners) {
      clearTimeout(timer);
      this.#listeners.set(listener, undefined);
    }
    const maxMs = this.#options.maxLookupMs ?? MAX_LOOKUP_MS;
    this.#deadline = setTimeout(() => this.#end("ETIMEOUT"), maxMs);
    this.#query(maxMs);
  }

  get #isRunning(): boolean {
    return this.#resolvers.length > 0;
  }

  /**
   * Sends a query for each family. c-ares would repeat a query by itself, but then it no longer takes the answer to the first: a
   * late answer of a slow name server would be ignored. So each query has a resolver of its own, which also reads the
   * system's servers again, and whose `cancel` ends nothing else.
   */
  #query(timeout: number): void {
    const resolver = new DnsResolver({ timeout, tries: 1 });
    const servers = this.#options.servers ?? resolver.getServers();
    const first = this.#resolvers.push(resolver) - 1;
    if (first === 1) {
      this.#events.slow();
      this.#queue.markSlow(this);
    }
    if (first > 0 || this.#options.servers !== undefined) resolver.setServers(rotated(servers, first));
    if (this.#unanswered.has("IPv6"))
      resolver.resolve6(this.#name, { ttl: true }, (error, records) =>
        this.#answered("IPv6", error, records),
      );
    if (this.#unanswered.has("IPv4"))
      resolver.resolve4(this.#name, { ttl: true }, (error, records) =>
        this.#answered("IPv4", error, records),
      );
    if (first + 1 < MAX_QUERIES) this.#nextQuery = setTimeout(() => this.#query(timeout), QUERY_INTERVAL_MS);
  }

  #answered(
    family: Family,
    error: NodeJS.ErrnoException | null,
    records: readonly RecordWithTtl[] = [],
  ): void {
    // The deadline ends what is not answered in time.
    if (this.#isOver || error?.code === "ETIMEOUT" || !this.#unanswered.delete(family)) return;
    this.#addresses.push(...records.slice(0, MAX_ADDRESSES).map(({ address }) => address));
    for (const { ttl } of records) this.#ttlMs = Math.min(this.#ttlMs, ttl * 1000);
    if (records.length === 0) this.#errors.push(error?.code ?? "ENODATA");
    if (this.#unanswered.size === 0) this.#end();
    else if (records.length > 0) this.#delay = setTimeout(() => this.#report(), RESOLUTION_DELAY_MS);
  }

  #report(): void {
    const addresses = this.#addresses.slice(this.#reported);
    this.#reported = this.#addresses.length;
    if (addresses.length > 0) for (const listener of [...this.#listeners.keys()]) listener.found(addresses);
  }

  #end(code?: string): void {
    if (code !== undefined) this.#errors.push(code);
    const error = this.#addresses.length > 0 ? null : lookupError(this.#name, worst(this.#errors));
    this.#close(error);
    this.#report();
    for (const listener of [...this.#listeners.keys()]) listener.ended(error);
  }

  /** Frees the place, and caches what was found. */
  #close(error: LookupError | null): void {
    this.#isOver = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#delay);
    clearTimeout(this.#nextQuery);
    for (const resolver of this.#resolvers) resolver.cancel();
    // Without the other family's answer, the list may lack the addresses that this host can reach.
    const ttlMs = this.#unanswered.size === 0 ? this.#ttlMs : Math.min(this.#ttlMs, FAILURE_CACHED_MS);
    this.#events.ended(this.#addresses, error, ttlMs);
    const accounts = [...this.#listeners.keys()].map(({ account }) => account);
    this.#queue.delete(this, accounts);
  }

  #postpone(listener: LookupListener): void {
    this.#leave(listener);
    listener.ended(new LookupPostponedError(this.#name));
  }

  #leave(listener: LookupListener): void {
    if (this.#isOver || !this.#listeners.has(listener)) return;
    clearTimeout(this.#listeners.get(listener));
    if (this.#listeners.size === 1) this.#close(null);
    this.#listeners.delete(listener);
    if (this.#isOver || this.#isRunning) return;
    const isWaitedFor = [...this.#listeners.keys()].some(({ account }) => account === listener.account);
    if (!isWaitedFor) this.#queue.delete(this, [listener.account]);
  }
}

/** The list, with its first `count` entries moved to the end. */
function rotated(servers: readonly string[], count: number): readonly string[] {
  const from = servers.length === 0 ? 0 : count % servers.length;
  return [...servers.slice(from), ...servers.slice(0, from)];
}

/** The most important code: a failure may be temporary, so it comes before the answer that there is no address. */
function worst(codes: readonly string[]): string {
  const failure = codes.find((code) => code !== "ENOTFOUND" && code !== "ENODATA");
  return failure ?? codes.find((code) => code === "ENOTFOUND") ?? "ENODATA";
}

/** Source: RFC 6761, 6.3. */
function isLocalhost(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost");
}
