import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { HeronError, type HeronErrorCode } from "@heron-webhooks/core";
import type { MonotonicClock } from "../../monotonic-clock.ts";
import type {
  CallArguments,
  CallBatch,
  CallName,
  CallResult,
  OpenedMessage,
  SerializedError,
  ThreadResponse,
} from "./file/calls.ts";
import type { StateUpdate } from "./file/state-update.ts";

export interface FileThreadOptions {
  readonly path: string;
  readonly busyTimeout: number;
  readonly maxPending: number;
  readonly clock: MonotonicClock;
  /** Called with the updates of a message, before its calls resolve. */
  readonly onUpdate: (news: StateUpdate, now: number) => void;
}

/** How long `close()` waits for the file to be opened. */
const MAX_OPENING_WAIT_MS = 1000;

interface QueuedCall {
  readonly name: CallName;
  /** Evaluated when the call is sent, so that arguments can be batched until then. */
  readonly args: () => readonly unknown[];
  readonly resolve: (value: never) => void;
  readonly reject: (error: HeronError) => void;
}

/**
 * The thread that owns the file, and the calls that wait for it. Calls that arrive during a transaction share the next
 * one, and so the cost of its commit.
 */
export class FileThread {
  readonly #options: FileThreadOptions;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** The prefix of delivery ids; empty until the file is open. */
  prefix = "";
  #queuedCalls: QueuedCall[] = [];
  #inFlight: readonly QueuedCall[] = [];
  #isBusy = true;
  #endError: HeronError | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: FileThreadOptions) {
    this.#options = options;
    const { path, busyTimeout, maxPending } = options;
    // In source the thread's module is next to this file; in the build this file is part of a bundle.
    const file = import.meta.url.endsWith("/thread.ts")
      ? "./file/thread-main.ts"
      : "./sqlite/file/thread-main.js";
    this.#worker = new Worker(new URL(file, import.meta.url), {
      workerData: { path, busyTimeoutMs: busyTimeout, maxPending },
      // `--input-type` is invalid for a file. Otherwise `execArgv` is omitted: Node rejects process-wide flags such as
      // the heap size in it, and ignores them when they are inherited.
      ...(process.execArgv.some((argument) => argument.startsWith("--input-type")) ? { execArgv: [] } : {}),
    });
    // Registered at once: the thread may exit before `close()` is called.
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.on("message", (message: ThreadResponse | OpenedMessage) =>
      "prefix" in message ? this.#onOpened(message) : this.#onResponse(message),
    );
    this.#worker.on("error", (cause) =>
      this.#fail(
        new HeronError("store_unavailable", `The SQLite thread of ${path} exited: ${cause.message}`, {
          cause,
        }),
      ),
    );
    this.#worker.unref();
  }

  call<Name extends CallName>(name: Name, ...args: CallArguments<Name>): Promise<CallResult<Name>> {
    return this.callDeferred(name, () => args);
  }

  /** Like {@link call}, with arguments that are evaluated when the call is sent. */
  callDeferred<Name extends CallName>(
    name: Name,
    args: () => CallArguments<Name>,
  ): Promise<CallResult<Name>> {
    if (this.#endError !== null) return Promise.reject(this.#endError);
    return new Promise((resolve, reject) => {
      this.#queuedCalls.push({ name, args, resolve, reject });
      // A pending call keeps the process alive, even before the file is open; an idle store does not.
      this.#worker.ref();
      if (this.#queuedCalls.length === 1 && !this.#isBusy) setImmediate(() => this.#send());
    });
  }

  /** The public id of a delivery. */
  formatDeliveryId(number: number): string {
    return this.prefix + number.toString(36);
  }

  /** Resolves when the file is open and its pending deliveries are known. Rejects if it cannot be opened. */
  async whenOpen(): Promise<void> {
    if (this.prefix === "") await this.call("ping");
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Earlier calls have ended by then; their callers know of failures.
    const answered = this.call("ping").catch(() => {});
    // Another process may have the file for long.
    if (this.prefix !== "") await answered;
    else await Promise.race([answered, setTimeout(MAX_OPENING_WAIT_MS, undefined, { ref: false })]);
    if (this.#endError === null) this.#fail(new HeronError("closed", "The store is closed."));
    this.#worker.ref();
    this.#worker.postMessage("close");
    await this.#exited;
  }

  #send(): void {
    if (this.#isBusy || this.#queuedCalls.length === 0) return;
    const queuedCalls = this.#queuedCalls;
    this.#queuedCalls = [];
    const calls: CallBatch["calls"][number][] = [];
    this.#inFlight = queuedCalls.filter(({ name, args: make, reject }) => {
      const args = make();
      const error = ALWAYS_CLONEABLE.has(name) ? null : findCloneError(args);
      if (error === null) calls.push({ name, args });
      else reject(error);
      return error === null;
    });
    if (calls.length === 0) {
      this.#worker.unref();
      return;
    }
    this.#isBusy = true;
    this.#worker.postMessage({ now: this.#options.clock.now(), calls } satisfies CallBatch);
  }

  #onOpened({ prefix, newestEventAt, update }: OpenedMessage): void {
    const { clock, onUpdate } = this.#options;
    this.prefix = prefix;
    clock.advanceTo(newestEventAt);
    onUpdate(update, clock.now());
  }

  #onResponse(response: ThreadResponse): void {
    // If the file cannot be opened, all waiting calls fail; the next call tries again.
    const calls = "failed" in response && this.prefix === "" ? this.#takeAllCalls() : this.#inFlight;
    this.#inFlight = [];
    this.#isBusy = false;
    // A response during close() must not let the process end before the store is closed.
    if (this.#queuedCalls.length === 0 && this.#endError === null) this.#worker.unref();
    if ("failed" in response) for (const { reject } of calls) reject(toHeronError(response.failed));
    else {
      this.#options.onUpdate(response.update, this.#options.clock.now());
      for (const [i, { resolve, reject }] of calls.entries()) {
        const result = response.results[i];
        if (result === undefined || "error" in result) reject(toHeronError(result?.error));
        else resolve(result.value as never);
      }
    }
    this.#send();
  }

  #takeAllCalls(): readonly QueuedCall[] {
    const calls = [...this.#inFlight, ...this.#queuedCalls];
    this.#queuedCalls = [];
    return calls;
  }

  #fail(error: HeronError): void {
    this.#endError = error;
    this.#isBusy = false;
    for (const { reject } of this.#takeAllCalls()) reject(error);
    this.#inFlight = [];
  }
}

function toHeronError(failure: SerializedError | undefined): HeronError {
  return new HeronError(
    (failure?.code ?? "store_unavailable") as HeronErrorCode,
    failure?.message ?? "The SQLite thread returned no result.",
  );
}

/** Calls with arguments built by this package, which can always be cloned. */
const ALWAYS_CLONEABLE: ReadonlySet<CallName> = new Set(["publish", "complete", "load", "evict"]);

/** Returns an error if the arguments cannot be cloned to another thread. Only that call fails. */
function findCloneError(args: readonly unknown[]): HeronError | null {
  try {
    structuredClone(args);
    return null;
  } catch (cause) {
    return new HeronError(
      "option_invalid",
      "The arguments contain a value that is not JSON, such as a function.",
      { cause },
    );
  }
}
