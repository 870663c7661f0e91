import { type Duration, parseDuration } from "../duration.ts";
import { isError } from "../errors.ts";

/** Thrown by a handler: not now, send it again. Answered with 503, and `Retry-After` if `after` is given. */
export class Retry extends Error {
  override readonly name = "HeronRetry";
  /** Milliseconds until the sender should try again. A wish: Heron keeps to its own schedule. */
  readonly after: number | undefined;

  /** @throws HeronError `option_invalid` */
  constructor({
    after,
    reason = "the handler asked for it",
    cause,
  }: { after?: Duration; reason?: string; cause?: unknown } = {}) {
    super(reason, { cause });
    this.after = after === undefined ? undefined : parseDuration("after", after);
  }
}

/** Thrown by a handler: this event is not wanted, do not send it again. Answered with 200. */
export class Discard extends Error {
  override readonly name = "HeronDiscard";

  constructor(reason = "the handler did not want it") {
    super(reason);
  }
}

// By name, so that a verdict counts when it comes from another copy of this package.
export function isRetry(error: unknown): error is Retry {
  return isError(error) && error.name === "HeronRetry";
}

export function isDiscard(error: unknown): error is Discard {
  return isError(error) && error.name === "HeronDiscard";
}

/** What was thrown, or an error in its place if looking at it throws, as a getter or a revoked proxy may. */
export function toSafeError(thrown: unknown): unknown {
  try {
    if (isError(thrown)) void [thrown.name, thrown.message, thrown.stack, thrown.cause];
    return thrown;
  } catch {
    return new Error("what was thrown cannot be looked at");
  }
}
