import { type Clock, type Duration, milliseconds, retrySchedule, retrySchedules } from "@heron-webhooks/core";
import { checkNames, HEALTH, MOST_WEBHOOKS, SteadyClock, whole } from "@heron-webhooks/engine";
import type { AttemptSettings } from "./engine/settings.ts";
import type { SenderOptions } from "./options.ts";
import { clockOf, hooksOf, loggerOf } from "./parts.ts";

/** The options with their defaults, each looked at. Times are in milliseconds. */
export interface SenderSettings extends AttemptSettings {
  readonly timeoutMs: number;
  readonly keepMs: number;
  readonly keepBytes: number;
  readonly answerBytes: number;
  readonly maxWebhooks: number;
}

export const YEAR: number = 365 * 86_400_000;
const GIB = 1024 ** 3;
const NAMES: Readonly<Record<keyof SenderOptions, true>> = {
  store: true,
  topics: true,
  encryptionKey: true,
  egress: true,
  schedule: true,
  slots: true,
  timeout: true,
  expireAfter: true,
  disableAfter: true,
  keepFor: true,
  keepBytes: true,
  answerBytes: true,
  maxWebhooks: true,
  hooks: true,
  logger: true,
  clock: true,
};

/** @throws HeronError `option_invalid` */
export function settingsOf(options: SenderOptions): SenderSettings {
  checkNames("createSender", options, NAMES);
  const schedule = retrySchedule(options.schedule ?? retrySchedules.standard);
  const timeoutMs = milliseconds("timeout", options.timeout ?? "15s", { max: 120_000 });
  const long = (name: string, value: Duration): number => milliseconds(name, value, { max: YEAR });
  return {
    slots: whole("slots", options.slots ?? 256, 1, 10_000),
    leaseMs: Math.max(30_000, 2 * timeoutMs),
    pollMs: 5000,
    schedule,
    expireMs: long("expireAfter", options.expireAfter ?? "72h"),
    health: {
      ...HEALTH,
      longestRetryAfterMs: schedule.longestRetryAfter,
      disableAfterMs: long("disableAfter", options.disableAfter ?? "5d"),
    },
    clock: steady(clockOf(options.clock)),
    logger: loggerOf(options.logger),
    random: Math.random,
    hooks: hooksOf(options.hooks),
    timeoutMs,
    keepMs: long("keepFor", options.keepFor ?? "30d"),
    keepBytes: whole("keepBytes", options.keepBytes ?? 10 * GIB, 1, Number.MAX_SAFE_INTEGER),
    answerBytes: whole("answerBytes", options.answerBytes ?? 4096, 0, 65_536),
    maxWebhooks: whole("maxWebhooks", options.maxWebhooks ?? MOST_WEBHOOKS, 1, 1_000_000),
  };
}

/** A clock that is set back makes nothing wait. */
function steady(clock: Clock): Clock {
  const time = new SteadyClock(clock);
  return { now: () => time.now(), setTimeout: (callback, ms) => clock.setTimeout(callback, ms) };
}
