import { type Clock, HeronError, type Logger } from "@heron-webhooks/core";
import { systemClock } from "@heron-webhooks/core/internal";
import { consoleLogger } from "@heron-webhooks/core/receiver";
import type { Store } from "@heron-webhooks/engine";
import { assertKnownKeys } from "@heron-webhooks/engine";
import type { SenderHooks } from "./dispatch/hooks.ts";

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly (keyof Logger)[];
const HOOK_KEYS: Readonly<Record<keyof SenderHooks, true>> = {
  onAttempt: true,
  onDead: true,
  onWebhookDisabled: true,
  onLeaseLost: true,
};

/** @throws HeronError `option_invalid` */
export function assertStore(store: unknown): asserts store is Store {
  if (hasMethods(store, ["publish"])) return;
  const path = typeof store === "string" && store !== "" ? store : "heron.db";
  throw new HeronError(
    "option_invalid",
    `store must be a store such as sqliteStore(${JSON.stringify(path)}). Leave it out to use a SQLite file at the path in HERON_DB.`,
  );
}

/** @throws HeronError `option_invalid` */
export function parseClock(clock: Clock | undefined): Clock {
  if (clock === undefined) return systemClock;
  if (hasMethods(clock, ["now", "setTimeout"])) return clock;
  throw new HeronError(
    "option_invalid",
    "clock must have the functions now and setTimeout, as manualClock() of @heron-webhooks/core/testing has. Leave it out to use the system clock.",
  );
}

/**
 * Validates hooks.
 * @throws HeronError `option_invalid`
 */
export function parseHooks(hooks: SenderHooks | undefined): SenderHooks {
  if (hooks === undefined) return {};
  assertKnownKeys("hooks", hooks, HOOK_KEYS);
  for (const name of Object.keys(HOOK_KEYS) as (keyof SenderHooks)[])
    if (hooks[name] !== undefined && typeof hooks[name] !== "function")
      throw new HeronError("option_invalid", `hooks.${name} must be a function.`);
  return hooks;
}

/**
 * A logger that never throws: a full disk under the log must neither end the process nor delay deliveries.
 * @throws HeronError `option_invalid`
 */
export function toSafeLogger(logger: Logger = consoleLogger): Logger {
  if (!hasMethods(logger, LOG_LEVELS))
    throw new HeronError(
      "option_invalid",
      `logger must have the functions ${LOG_LEVELS.join(", ")}, as pino and console have. Leave it out to log warnings and errors to the console.`,
    );
  const wrapLevel =
    (level: keyof Logger): Logger[typeof level] =>
    (details, message) => {
      try {
        const returned: unknown = logger[level](details, message);
        if (returned instanceof Promise) returned.catch(() => {});
      } catch {
        // There is nowhere left to report it.
      }
    };
  return {
    debug: wrapLevel("debug"),
    info: wrapLevel("info"),
    warn: wrapLevel("warn"),
    error: wrapLevel("error"),
  };
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === "function");
}
