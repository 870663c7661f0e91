import { type Duration, parseDuration } from "../duration.ts";
import { isError } from "../errors.ts";

/** Throw it in a handler to request a retry: responds with 503, and with `Retry-After` if `after` is set. */
export class Retry extends Error {
  override readonly name = "HeronRetry";
  /** Milliseconds until the retry. Heron ignores it and keeps its own schedule. */
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

/** Throw it in a handler to discard the event: responds with 200, so that Heron does not retry. */
export class Discard extends Error {
  override readonly name = "HeronDiscard";

  constructor(reason = "the handler did not want it") {
    super(reason);
  }
}

// By name, so that errors from another copy of this package count.
export function isRetry(error: unknown): error is Retry {
  return isError(error) && error.name === "HeronRetry";
}

export function isDiscard(error: unknown): error is Discard {
  return isError(error) && error.name === "HeronDiscard";
}

/** The thrown value, or an error if inspecting it throws, as for a getter or a revoked proxy. */
export function toSafeError(thrown: unknown): unknown {
  try {
    if (isError(thrown)) void [thrown.name, thrown.message, thrown.stack, thrown.cause];
    return thrown;
  } catch {
    return new Error("the thrown value cannot be inspected");
  }
}
