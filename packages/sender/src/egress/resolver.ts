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

/** A query is repeated after so long. */
const QUERY_TIMEOUT_MS = 1500;
const QUERY_TRIES = 3;
/** For both families and all tries: c-ares counts tries by server, so with three servers it would go on for a minute. */
const MAX_LOOKUP_MS = 5000;
const MAX_WAIT_MS = 2000;
const LIMITS: QueueLimits = { total: 64, perAccount: 16 };
/** How long the addresses of one family wait for the other's. Source: RFC 8305, 3. */
const RESOLUTION_DELAY_MS = 50;
const MAX_CACHED_MS = 30_000;
/** Short, since `node:dns` does not give the time that the zone wants its failures cached for. */
const FAILURE_CACHED_MS = 2000;
const MAX_CACHED = 1000;
/** How many addresses of a name and family are used. */
const MAX_ADDRESSES = 64;

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
  #resolver: DnsResolver | null = null;
  #ttlMs = Number.POSITIVE_INFINITY;
  #unanswered = 2;
  /** How many of the addresses the listeners know. */
  #told = 0;
  #isOver = false;
  #deadline: NodeJS.Timeout | undefined;
  #delay: NodeJS.Timeout | undefined;

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
    if (this.#resolver === null) {
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
    // One for each look-up: `cancel` ends all that a resolver does, and a new one reads the system's servers again.
    const resolver = new DnsResolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
    this.#resolver = resolver;
    if (this.#options.servers !== undefined) resolver.setServers(this.#options.servers);
    const answered = (error: NodeJS.ErrnoException | null, records: readonly RecordWithTtl[]): void =>
      this.#answered(error, records);
    resolver.resolve6(this.#name, { ttl: true }, answered);
    resolver.resolve4(this.#name, { ttl: true }, answered);
  }

  #answered(error: NodeJS.ErrnoException | null, records: readonly RecordWithTtl[] = []): void {
    if (this.#isOver) return;
    this.#unanswered -= 1;
    this.#addresses.push(...records.slice(0, MAX_ADDRESSES).map(({ address }) => address));
    for (const { ttl } of records) this.#ttlMs = Math.min(this.#ttlMs, ttl * 1000);
    if (records.length === 0) this.#errors.push(error?.code ?? "ENODATA");
    if (this.#unanswered === 0) this.#end();
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
    if (this.#unanswered > 0) this.#resolver?.cancel();
    this.#ended(this.#addresses, error, this.#ttlMs);
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
    if (this.#isOver || this.#resolver !== null) return;
    const isWaitedFor = [...this.#listeners.keys()].some(({ account }) => account === listener.account);
    if (!isWaitedFor) this.#queue.delete(this, [listener.account]);
  }
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
