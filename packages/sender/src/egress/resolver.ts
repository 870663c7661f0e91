import { Resolver as DnsResolver, type RecordWithTtl } from "node:dns";
import { HostsFile } from "./hosts-file.ts";
import { LookupCache } from "./lookup-cache.ts";
import { type LookupError, LookupPostponedError, lookupError } from "./lookup-error.ts";
import { LookupQueue, type QueueLimits } from "./lookup-queue.ts";

/** Who waits for a look-up. */
export interface LookupListener {
  /** The account whose webhook it is for: places are shared fairly among accounts. */
  readonly account: string;
  /** Some addresses: never none, and perhaps called again, since IPv4 and IPv6 are answered separately. */
  found(addresses: readonly string[]): void;
  /** There are no more. The error is null if there were any. */
  ended(error: LookupError | null): void;
}

export interface ResolverOptions {
  /** Default: those of the system, read again for each look-up. */
  readonly servers?: readonly string[] | undefined;
  readonly hosts?: HostsFile | undefined;
  readonly limits?: QueueLimits | undefined;
  readonly maxLookupMs?: number | undefined;
  /** How long a look-up may wait for its place. */
  readonly maxWaitMs?: number | undefined;
  readonly maxCached?: number | undefined;
  readonly now?: (() => number) | undefined;
}

/** While a query is not answered, the next server is asked beside the first after so long, or the only one again. */
const QUERY_INTERVAL_MS = 1500;
const MAX_QUERIES = 3;
/** For both families and all queries. */
const MAX_LOOKUP_MS = 5000;
const MAX_WAIT_MS = 2000;
const LIMITS: QueueLimits = { total: 64, perAccount: 4 };
/** How long the addresses of one family wait for the other's. Source: RFC 8305, 3. */
const RESOLUTION_DELAY_MS = 50;
const MAX_CACHED_MS = 30_000;
/** Short, since `node:dns` does not give the time that the zone wants its failures cached for. */
const FAILURE_CACHED_MS = 2000;
const MAX_CACHED = 1000;
/** How many addresses of a name and family are used. */
const MAX_ADDRESSES = 64;

type Family = "IPv4" | "IPv6";

const LOOPBACK = ["127.0.0.1", "::1"];

/**
 * Looks names up for webhooks, so that a name server that is slow or dead delays nobody else. `dns.lookup` cannot be used
 * for that: libuv runs two of its look-ups at a time, for the whole process, and none can be cancelled. This one uses
 * c-ares, with one look-up per name at a time, limited places that accounts share fairly, and a short cache. A look-up is
 * cancelled when nobody waits for it any more.
 */
export class Resolver {
  readonly #options: ResolverOptions;
  readonly #hosts: HostsFile;
  readonly #cache: LookupCache;
  readonly #queue: LookupQueue<Lookup>;
  readonly #lookups = new Map<string, Lookup>();

  constructor(options: ResolverOptions = {}) {
    this.#options = options;
    this.#hosts = options.hosts ?? new HostsFile();
    this.#cache = new LookupCache(options.maxCached ?? MAX_CACHED, options.now ?? (() => performance.now()));
    this.#queue = new LookupQueue(options.limits ?? LIMITS);
  }

  /** How many look-ups run, how many wait for a place, and how many results are cached. */
  get size(): { readonly running: number; readonly waiting: number; readonly cached: number } {
    return { running: this.#queue.running, waiting: this.#queue.waiting, cached: this.#cache.size };
  }

  /** Tells the listener the addresses of a name, at once if they are known. What it returns stops that. */
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

  /** A resolver with the same servers and places of its own: what fills the places of this one does not delay it. */
  withOwnPlaces(limits: QueueLimits): Resolver {
    return new Resolver({ ...this.#options, limits });
  }

  #create(name: string): Lookup {
    const lookup: Lookup = new Lookup(name, this.#options, this.#queue, (addresses, error, ttlMs) => {
      this.#lookups.delete(name);
      if (addresses.length > 0)
        this.#cache.set(name, { addresses, error: null }, Math.min(ttlMs, MAX_CACHED_MS));
      else if (error !== null) this.#cache.set(name, { addresses: [], error }, FAILURE_CACHED_MS);
    });
    this.#lookups.set(name, lookup);
    return lookup;
  }
}

/** The look-up of one name, for everybody who waits for it. */
class Lookup {
  readonly #name: string;
  readonly #options: ResolverOptions;
  readonly #queue: LookupQueue<Lookup>;
  readonly #ended: (addresses: readonly string[], error: LookupError | null, ttlMs: number) => void;
  /** With the timer that ends their wait for a place. */
  readonly #listeners = new Map<LookupListener, NodeJS.Timeout | undefined>();
  readonly #addresses: string[] = [];
  readonly #errors: string[] = [];
  readonly #resolvers: DnsResolver[] = [];
  readonly #unanswered = new Set<Family>(["IPv4", "IPv6"]);
  #ttlMs = Number.POSITIVE_INFINITY;
  /** How many of the addresses the listeners know. */
  #told = 0;
  #isOver = false;
  #deadline: NodeJS.Timeout | undefined;
  #delay: NodeJS.Timeout | undefined;
  #nextQuery: NodeJS.Timeout | undefined;

  constructor(
    name: string,
    options: ResolverOptions,
    queue: LookupQueue<Lookup>,
    ended: (addresses: readonly string[], error: LookupError | null, ttlMs: number) => void,
  ) {
    this.#name = name;
    this.#options = options;
    this.#queue = queue;
    this.#ended = ended;
  }

  join(listener: LookupListener): () => void {
    this.#listeners.set(listener, undefined);
    if (this.#told > 0) listener.found(this.#addresses.slice(0, this.#told));
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

  /** The queue gave it a place. */
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
   * Asks for both families. c-ares would repeat a query by itself, but then it no longer takes the answer to the first: a
   * name server that needs three seconds would never be heard. So each query has a resolver of its own, which also reads
   * the system's servers again, and whose `cancel` ends nothing else.
   */
  #query(timeout: number): void {
    const resolver = new DnsResolver({ timeout, tries: 1 });
    const servers = this.#options.servers ?? resolver.getServers();
    const first = this.#resolvers.push(resolver) - 1;
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
    else if (records.length > 0) this.#delay = setTimeout(() => this.#tell(), RESOLUTION_DELAY_MS);
  }

  #tell(): void {
    const addresses = this.#addresses.slice(this.#told);
    this.#told = this.#addresses.length;
    if (addresses.length > 0) for (const listener of [...this.#listeners.keys()]) listener.found(addresses);
  }

  #end(code?: string): void {
    if (code !== undefined) this.#errors.push(code);
    const error = this.#addresses.length > 0 ? null : lookupError(this.#name, worst(this.#errors));
    this.#close(error);
    this.#tell();
    for (const listener of [...this.#listeners.keys()]) listener.ended(error);
  }

  /** Frees its place; what it found is cached. */
  #close(error: LookupError | null): void {
    this.#isOver = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#delay);
    clearTimeout(this.#nextQuery);
    for (const resolver of this.#resolvers) resolver.cancel();
    // Without the other family's answer, the list may lack the addresses that this host can reach.
    const ttlMs = this.#unanswered.size === 0 ? this.#ttlMs : Math.min(this.#ttlMs, FAILURE_CACHED_MS);
    this.#ended(this.#addresses, error, ttlMs);
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

/** The list with its first so many at the end. */
function rotated(servers: readonly string[], count: number): readonly string[] {
  const from = servers.length === 0 ? 0 : count % servers.length;
  return [...servers.slice(from), ...servers.slice(0, from)];
}

/** The code that says most: a failure may pass, so it comes before an answer that there is nothing. */
function worst(codes: readonly string[]): string {
  const failure = codes.find((code) => code !== "ENOTFOUND" && code !== "ENODATA");
  return failure ?? codes.find((code) => code === "ENOTFOUND") ?? "ENODATA";
}

/** Source: RFC 6761, 6.3. */
function isLocalhost(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost");
}
