import { type Clock, consoleLogger, HeronError, type Logger, systemClock } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";
import { checkNames } from "@heron-webhooks/engine";
import type { EngineHooks } from "./engine/hooks.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly (keyof Logger)[];
const HOOKS: Readonly<Record<keyof EngineHooks, true>> = {
  attempt: true,
  dead: true,
  disabled: true,
  lost: true,
};

/** @throws HeronError `option_invalid` */
export function checkStore(store: unknown): asserts store is Store {
  if (hasFunctions(store, ["publish"])) return;
  const path = typeof store === "string" && store !== "" ? store : "heron.db";
  throw new HeronError(
    "option_invalid",
    `store must be a store, as sqliteStore(${JSON.stringify(path)}) makes one: leave it out for one in the file that HERON_DB names.`,
  );
}

/** @throws HeronError `option_invalid` */
export function clockOf(clock: Clock | undefined): Clock {
  if (clock === undefined) return systemClock;
  if (hasFunctions(clock, ["now", "setTimeout"])) return clock;
  throw new HeronError(
    "option_invalid",
    "clock must have the functions now and setTimeout, as manualClock() of @heron-webhooks/core/testing has them: leave it out for the system's.",
  );
}

/**
 * The hooks, each a function.
 * @throws HeronError `option_invalid`
 */
export function hooksOf(hooks: EngineHooks | undefined): EngineHooks {
  if (hooks === undefined) return {};
  checkNames("hooks", hooks, HOOKS);
  for (const name of Object.keys(HOOKS) as (keyof EngineHooks)[])
    if (hooks[name] !== undefined && typeof hooks[name] !== "function")
      throw new HeronError("option_invalid", `hooks.${name} must be a function.`);
  return hooks;
}

/**
 * A logger that throws nothing: a full disk under the log must not end the process, nor hold up what is delivered.
 * @throws HeronError `option_invalid`
 */
export function loggerOf(logger: Logger = consoleLogger): Logger {
  if (!hasFunctions(logger, LEVELS))
    throw new HeronError(
      "option_invalid",
      `logger must have the functions ${LEVELS.join(", ")}, as pino and console have them: leave it out for warnings and errors on standard error.`,
    );
  const safely =
    (level: keyof Logger): Logger[typeof level] =>
    (details, message) => {
      try {
        const logged: unknown = logger[level](details, message);
        if (logged instanceof Promise) logged.catch(() => {});
      } catch {
        // There is nowhere left to say it.
      }
    };
  return { debug: safely("debug"), info: safely("info"), warn: safely("warn"), error: safely("error") };
}

function hasFunctions(given: unknown, names: readonly string[]): boolean {
  if ((typeof given !== "object" && typeof given !== "function") || given === null) return false;
  return names.every((name) => typeof (given as Readonly<Record<string, unknown>>)[name] === "function");
}
