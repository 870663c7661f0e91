import { type ManualClock, manualClock } from "@heron-webhooks/core/testing";

/** A machine's clock for tests, which somebody sets while timers run on, as they do on a machine. */
export interface JumpingClock extends ManualClock {
  /** Sets it so many milliseconds on, or back. */
  jump(ms: number): void;
}

export function jumpingClock(): JumpingClock {
  const { now, setTimeout, advance } = manualClock();
  let ahead = 0;
  return {
    now: () => now() + ahead,
    setTimeout,
    advance,
    jump(ms) {
      ahead += ms;
    },
  };
}
