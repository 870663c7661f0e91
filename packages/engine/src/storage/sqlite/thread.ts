import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { HeronError, type HeronErrorCode } from "@heron-webhooks/core";
import type { MonotonicClock } from "../../monotonic-clock.ts";
import type { ThreadResponse, CallArguments, CallName, CallResult, SerializedError, CallBatch, OpenedMessage } from "./file/calls.ts";
import type { StateUpdate } from "./file/state-update.ts";

export interface FileThreadOptions {
  readonly path: string;
  readonly busyTimeout: number;
  readonly maxPending: number;
  readonly clock: MonotonicClock;
  /** Told of what a message brought with it, before those who asked are. */
  readonly onUpdate: (news: StateUpdate, now: number) => void;
}

/** For so long, in milliseconds, who closes a file waits for it to be opened. */
const MAX_OPENING_WAIT_MS = 1000;

interface QueuedCall {
  readonly name: CallName;
  /** Made when it is sent, so that what is to be asked can gather until then. */
  readonly args: () => readonly unknown[];
  readonly resolve: (value: never) => void;
  readonly reject: (error: HeronError) => void;
}

/**
 * The thread with the file, and what waits to be asked of it: what is asked while a transaction is on its way to the
 * disk makes the next one, so that many callers share what it costs.
 */
export class FileThread {
  readonly #options: FileThreadOptions;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** What stands before a delivery's number, in its id; known once the file is open. */
  prefix = "";
  #queuedCalls: QueuedCall[] = [];
  #inFlight: readonly QueuedCall[] = [];
  #isBusy = true;
  #endError: HeronError | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: FileThreadOptions) {
    this.#options = options;
    const { path, busyTimeout, maxPending } = options;
    // From source it stands beside this file; built, this file is part of another.
    const file = import.meta.url.endsWith("/thread.ts") ? "./file/thread-main.ts" : "./sqlite/file/thread-main.js";
    this.#worker = new Worker(new URL(file, import.meta.url), {
      workerData: { path, busyTimeoutMs: busyTimeout, maxPending },
      // What says how a program in a string is to be read is refused for a file. Else none are named: of those that are,
      // Node refuses every flag of the process, such as the size of its memory, which it passes over where none is.
      ...(process.execArgv.some((argument) => argument.startsWith("--input-type")) ? { execArgv: [] } : {}),
    });
    // From the beginning on: a thread may have come to its end before anybody closes it.
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.on("message", (message: ThreadResponse | OpenedMessage) =>
      "prefix" in message ? this.#onOpened(message) : this.#onResponse(message),
    );
    this.#worker.on("error", (cause) =>
      this.#fail(
        new HeronError("store_unavailable", `The thread with ${path} came to an end: ${cause.message}`, {
          cause,
        }),
      ),
    );
    this.#worker.unref();
  }

  call<Name extends CallName>(name: Name, ...args: CallArguments<Name>): Promise<CallResult<Name>> {
    return this.callDeferred(name, () => args);
  }

  /** The same, of what is known only when it is sent. */
  callDeferred<Name extends CallName>(name: Name, args: () => CallArguments<Name>): Promise<CallResult<Name>> {
    if (this.#endError !== null) return Promise.reject(this.#endError);
    return new Promise((resolve, reject) => {
      this.#queuedCalls.push({ name, args, resolve, reject });
      // What somebody waits for keeps the process alive, even before the file is open; an idle store does not.
      this.#worker.ref();
      if (this.#queuedCalls.length === 1 && !this.#isBusy) setImmediate(() => this.#send());
    });
  }

  /** The text that stands for a delivery. */
  formatDeliveryId(number: number): string {
    return this.prefix + number.toString(36);
  }

  /** Until the file is open, nobody knows what is owed. Rejects if it cannot be opened. */
  async whenOpen(): Promise<void> {
    if (this.prefix === "") await this.call("ping");
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Whatever was asked before has been answered by then; that it failed is known to who asked.
    const answered = this.call("ping").catch(() => {});
    // A file that is not open may be in another's hands for long.
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
    // Who asked before the file could be opened hears that it cannot be; who asks next has it tried again.
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
    failure?.message ?? "No answer.",
  );
}

/** What is made here and not by callers, and can always be copied. */
const ALWAYS_CLONEABLE: ReadonlySet<CallName> = new Set(["publish", "complete", "load", "evict"]);

/** Why a call cannot be copied to another thread; null if it can. One that cannot fails alone. */
function findCloneError(args: readonly unknown[]): HeronError | null {
  try {
    structuredClone(args);
    return null;
  } catch (cause) {
    return new HeronError(
      "option_invalid",
      "What was given holds something that is not JSON, such as a function.",
      { cause },
    );
  }
}
