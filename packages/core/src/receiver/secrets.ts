import type { Clock } from "../clock.ts";
import { type Duration, parseDuration } from "../duration.ts";
import { HeronError } from "../errors.ts";
import { toSecretList } from "../signature/secret.ts";
import { TIMED_OUT, withTimeout } from "./with-timeout.ts";

/** One secret, or several during a rotation. */
export type Secrets = string | readonly string[];

/**
 * Finds the secrets for a request, such as those of the customer in its path. Called once per request with a well-formed
 * signature; not cached (see `cachedSecrets`). Null or an empty list: 401. An error, more than 2 s, or an empty string:
 * 503, so that Heron retries.
 */
export type SecretFunction<Source = unknown> = (request: Source) => Secrets | null | Promise<Secrets | null>;

const MAX_LOOKUP_MS = 2000;

/** The secrets of the option or of the environment, read once. */
export class SecretSource<Source> {
  readonly #fixedSecrets: readonly string[] | undefined;
  readonly #findSecrets: SecretFunction<Source> | undefined;
  readonly #clock: Clock;

  /** @throws HeronError `secret_missing`, `secret_invalid` */
  constructor(option: Secrets | SecretFunction<Source> | undefined, clock: Clock) {
    if (typeof option === "function") this.#findSecrets = option;
    else this.#fixedSecrets = readFixedSecrets(option);
    this.#clock = clock;
  }

  /** Whether the receiver has several senders, whose events must not affect each other. */
  get isShared(): boolean {
    return this.#findSecrets !== undefined;
  }

  /** @throws HeronError `secret_unavailable`; `signature_mismatch` without a known secret */
  getSecrets(request: Source): readonly string[] | Promise<readonly string[]> {
    return this.#findSecrets === undefined
      ? (this.#fixedSecrets ?? [])
      : this.#loadSecrets(this.#findSecrets, request);
  }

  async #loadSecrets(find: SecretFunction<Source>, request: Source): Promise<readonly string[]> {
    const found = await this.#callSecretFunction(find, request);
    if (found === TIMED_OUT) throw createUnavailableError(`took more than ${MAX_LOOKUP_MS} ms`);
    if (found === null || found === undefined || (Array.isArray(found) && found.length === 0))
      throw new HeronError("signature_mismatch", "The secret function knows no secret for this request.");
    try {
      return toSecretList(found);
    } catch (cause) {
      throw createUnavailableError("returned an empty or invalid secret", cause);
    }
  }

  async #callSecretFunction(
    find: SecretFunction<Source>,
    request: Source,
  ): Promise<Secrets | null | typeof TIMED_OUT> {
    try {
      return await withTimeout(this.#clock, MAX_LOOKUP_MS, find(request));
    } catch (cause) {
      throw createUnavailableError("failed", cause);
    }
  }
}

function createUnavailableError(reason: string, cause?: unknown): HeronError {
  return new HeronError(
    "secret_unavailable",
    `The secret function ${reason}; responded with 503 so that Heron retries.`,
    { cause },
  );
}

function readFixedSecrets(option: Secrets | undefined): readonly string[] {
  const secrets = option === undefined ? secretFromEnvironment() : option;
  if (secrets === undefined)
    throw new HeronError(
      "secret_missing",
      'No secret: set the option `secret`, or the environment variable HERON_WEBHOOK_SECRET to the "sec_…" that Heron shows.',
    );
  return [...toSecretList(secrets)];
}

/** Reads the environment. An empty variable counts as unset. */
function secretFromEnvironment(): string | undefined {
  // biome-ignore lint/style/noProcessEnv: the documented default of the `secret` option.
  return process.env["HERON_WEBHOOK_SECRET"] || undefined;
}

interface CacheEntry {
  readonly loadedAt: number;
  readonly secrets: Promise<Secrets | null>;
  isSettled: boolean;
}

export interface CachedSecretsOptions<Source> {
  /** The customer's cache key, such as a path parameter. Never from the body. */
  readonly key: (request: Source) => string;
  /** Finds the secrets of one customer; null if unknown, which is also cached. */
  readonly load: (key: string) => Secrets | null | Promise<Secrets | null>;
  /** How long a result is cached. Default: one minute. */
  readonly ttl?: Duration;
  /** The cache size; the least recently used entry is evicted first. Default: 1,000. */
  readonly max?: number;
  /** For tests. Default: the system's clock. */
  readonly clock?: Pick<Clock, "now">;
}

/**
 * A secret function with a cache: each key is looked up once at a time and cached for `ttl`. A look-up that fails or
 * takes over 2 s is not cached. Invented keys still cause one look-up each: put a rate limit in front.
 * @throws HeronError `option_invalid`
 */
export function cachedSecrets<Source>(options: CachedSecretsOptions<Source>): SecretFunction<Source> {
  const { key, load, ttl = "1m", max = 1000, clock = Date } = options;
  for (const cacheKey of ["key", "load"] as const)
    if (typeof options[cacheKey] !== "function")
      throw new HeronError("option_invalid", `cachedSecrets needs the function \`${cacheKey}\`.`);
  if (!Number.isSafeInteger(max) || max < 1)
    throw new HeronError("option_invalid", "max must be a whole number from 1.");
  const ttlMs = parseDuration("ttl", ttl);
  const cache = new Map<string, CacheEntry>();

  return (request) => {
    const name = key(request);
    const entry = cache.get(name);
    cache.delete(name);
    const now = clock.now();
    if (
      entry !== undefined &&
      now < (entry.isSettled ? entry.loadedAt + ttlMs : entry.loadedAt + MAX_LOOKUP_MS)
    ) {
      cache.set(name, entry);
      return entry.secrets;
    }
    const newEntry: CacheEntry = {
      loadedAt: now,
      isSettled: false,
      secrets: Promise.resolve(name).then(load),
    };
    cache.set(name, newEntry);
    newEntry.secrets.then(
      () => {
        newEntry.isSettled = true;
      },
      () => cache.get(name) === newEntry && cache.delete(name),
    );
    if (cache.size > max) cache.delete(cache.keys().next().value as string);
    return newEntry.secrets;
  };
}
