import type { Clock } from "../clock.ts";
import { type Duration, parseDuration } from "../duration.ts";
import { HeronError } from "../errors.ts";
import { toSecretList } from "../signature/secret.ts";
import { TIMED_OUT, withTimeout } from "./with-timeout.ts";

/** One secret, or several while one is replaced by another. */
export type Secrets = string | readonly string[];

/**
 * Finds the secrets for a request, say those of the customer in its path. Called once for each request whose header
 * is well formed; its answer is not kept (see `cachedSecrets`). Null or an empty list: nobody known, a 401. A throw,
 * more than 2 s, or an empty string: 503, so that the event comes again.
 */
export type SecretFunction<Source = unknown> = (request: Source) => Secrets | null | Promise<Secrets | null>;

const MAX_LOOKUP_MS = 2000;

/** Takes the secret's option, or the environment's, once and for all. */
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

  /** Whether one receiver stands for several senders, so that what one of them signs must not touch another. */
  get isShared(): boolean {
    return this.#findSecrets !== undefined;
  }

  /** @throws HeronError `secret_unavailable`; `signature_mismatch` when nobody is known. */
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
      throw createUnavailableError("gave an empty secret, or something that is not one", cause);
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
      'There is no secret: give `secret`, or set the environment variable HERON_WEBHOOK_SECRET to the "sec_…" that Heron shows.',
    );
  return [...toSecretList(secrets)];
}

/** The one place where the environment is read. A variable that is set to nothing counts as not set. */
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
  /** What tells one customer from another, such as a parameter of the path. Never something in the body. */
  readonly key: (request: Source) => string;
  /** Finds the secrets of one customer; null if there is none, which is kept as well. */
  readonly load: (key: string) => Secrets | null | Promise<Secrets | null>;
  /** How long an answer is kept. Default: one minute. */
  readonly ttl?: Duration;
  /** How many are kept; the one unused for longest goes first. Default: 1,000. */
  readonly max?: number;
  /** For tests. Default: the system's clock. */
  readonly clock?: Pick<Clock, "now">;
}

/**
 * A secret function that remembers: each key is looked up once at a time and then kept for `ttl`. A look-up that fails,
 * or hangs for 2 s, is not kept. Whoever invents keys still causes look-ups, one each: put a rate limit in front.
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
