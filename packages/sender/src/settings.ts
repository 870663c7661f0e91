import type { Clock, Duration } from "@heron-webhooks/core";
import { createRetryPolicy, retryPolicies } from "@heron-webhooks/core/delivery";
import { parseDuration } from "@heron-webhooks/core/internal";
import {
  assertInteger,
  assertKnownKeys,
  DEFAULT_HEALTH_LIMITS,
  MAX_WEBHOOKS,
  MonotonicClock,
} from "@heron-webhooks/engine";
import type { AttemptSettings } from "./dispatch/settings.ts";
import type { SenderOptions } from "./options.ts";
import { parseClock, parseHooks, toSafeLogger } from "./validate-dependencies.ts";

/** The validated options with defaults. Durations are in milliseconds. */
export interface SenderSettings extends AttemptSettings {
  readonly attemptTimeoutMs: number;
  readonly retentionMaxAgeMs: number;
  readonly retentionMaxBytes: number;
  readonly maxResponseBytes: number;
  readonly maxWebhooks: number;
}

export const YEAR_MS: number = 365 * 86_400_000;
const GIB = 1024 ** 3;
const OPTION_KEYS: Readonly<Record<keyof SenderOptions, true>> = {
  store: true,
  topics: true,
  encryptionKey: true,
  egress: true,
  retry: true,
  concurrency: true,
  timeout: true,
  expireAfter: true,
  disableAfter: true,
  keepFor: true,
  keepBytes: true,
  maxResponseBytes: true,
  maxWebhooks: true,
  hooks: true,
  logger: true,
  clock: true,
};

/** @throws HeronError `option_invalid` */
export function parseSenderOptions(options: SenderOptions): SenderSettings {
  assertKnownKeys("createSender", options, OPTION_KEYS);
  const retryPolicy = createRetryPolicy(options.retry ?? retryPolicies.standard);
  const attemptTimeoutMs = parseDuration("timeout", options.timeout ?? "15s", { max: 120_000 });
  const parseLongDuration = (name: string, value: Duration): number =>
    parseDuration(name, value, { max: YEAR_MS });
  return {
    concurrency: assertInteger("concurrency", options.concurrency ?? 256, 1, 10_000),
    leaseDurationMs: Math.max(30_000, 2 * attemptTimeoutMs),
    pollIntervalMs: 5000,
    retryPolicy,
    expireAfterMs: parseLongDuration("expireAfter", options.expireAfter ?? "72h"),
    healthLimits: {
      ...DEFAULT_HEALTH_LIMITS,
      maxRetryAfterMs: retryPolicy.maxRetryAfter,
      disableAfterMs: parseLongDuration("disableAfter", options.disableAfter ?? "5d"),
    },
    clock: toMonotonicClock(parseClock(options.clock)),
    logger: toSafeLogger(options.logger),
    random: Math.random,
    hooks: parseHooks(options.hooks),
    attemptTimeoutMs,
    retentionMaxAgeMs: parseLongDuration("keepFor", options.keepFor ?? "30d"),
    retentionMaxBytes: assertInteger("keepBytes", options.keepBytes ?? 10 * GIB, 1, Number.MAX_SAFE_INTEGER),
    maxResponseBytes: assertInteger("maxResponseBytes", options.maxResponseBytes ?? 4096, 0, 65_536),
    maxWebhooks: assertInteger("maxWebhooks", options.maxWebhooks ?? MAX_WEBHOOKS, 1, 1_000_000),
  };
}

function toMonotonicClock(clock: Clock): Clock {
  const monotonicClock = new MonotonicClock(clock);
  return { now: () => monotonicClock.now(), setTimeout: (callback, ms) => clock.setTimeout(callback, ms) };
}
