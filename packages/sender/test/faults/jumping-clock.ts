import { type Clock, systemClock } from "@heron-webhooks/core";

/** A machine's clock, which somebody sets while timers run on, as they do on a machine. */
export interface JumpingClock extends Clock {
  /** Sets it so many milliseconds on, or back. */
  jump(ms: number): void;
}

export function jumpingClock(): JumpingClock {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    setTimeout: systemClock.setTimeout,
    jump(ms) {
      ahead += ms;
    },
  };
}
