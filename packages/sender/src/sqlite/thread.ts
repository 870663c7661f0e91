import { Worker } from "node:worker_threads";
import { HeronError, type HeronErrorCode } from "@heron-webhooks/core";
import type { SteadyClock } from "../steady-clock.ts";
import type { Answer, CallArguments, CallName, CallResult, Failure, Message, News } from "./calls.ts";

export interface FileThreadOptions {
  readonly path: string;
  readonly busyMs: number;
  readonly maxPending: number;
  readonly clock: SteadyClock;
  /** Told of what a message brought with it, before those who asked are. */
  readonly onNews: (news: News, now: number) => void;
}

interface Asked {
  readonly call: Message["calls"][number];
  readonly resolve: (value: never) => void;
  readonly reject: (error: HeronError) => void;
}

/**
 * The thread with the file, and what waits to be asked of it: what is asked while a transaction is on its way to the
 * disk makes the next one, so that many callers share what it costs.
 */
export class FileThread {
  readonly #options: FileThreadOptions;
  #isOpen: () => void = () => {};
  #isNotOpen: (error: HeronError) => void = () => {};
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** Until the file is open, nobody knows what is owed. Rejects if it cannot be opened, or was closed before. */
  readonly opened: Promise<void>;
  /** What stands before a delivery's number, in its id; known once the file is open. */
  prefix = "";
  #gathering: Asked[] = [];
  #underWay: readonly Asked[] = [];
  #isBusy = true;
  #ended: HeronError | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: FileThreadOptions) {
    this.#options = options;
    this.opened = new Promise((resolve, reject) => {
      this.#isOpen = resolve;
      this.#isNotOpen = reject;
    });
    // Who asks for something hears of it.
    this.opened.catch(() => {});
    const { path, busyMs, maxPending } = options;
    // From source it stands beside this file; built, this file is part of another.
    const file = import.meta.url.endsWith("/thread.ts") ? "./worker.ts" : "./sqlite/worker.js";
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: { path, busyMs, maxPending } });
    // From the beginning on: a thread may have come to its end before anybody closes it.
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.on("message", (answer: Answer) => this.#answered(answer));
    this.#worker.on("error", (cause) =>
      this.#end(
        new HeronError("store_unavailable", `The thread with ${path} came to an end: ${cause.message}`, {
          cause,
        }),
      ),
    );
    this.#worker.unref();
  }

  ask<Name extends CallName>(name: Name, ...args: CallArguments<Name>): Promise<CallResult<Name>> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#gathering.push({ call: { name, args }, resolve, reject });
      // What somebody waits for keeps the process alive, even before the file is open; an idle store does not.
      this.#worker.ref();
      if (this.#gathering.length === 1 && !this.#isBusy) setImmediate(() => this.#send());
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Whatever was asked before has been answered by then; that it failed is known to who asked.
    await this.ask("nothing").catch(() => {});
    if (this.#ended === null) this.#end(new HeronError("closed", "The store is closed."));
    this.#worker.ref();
    this.#worker.postMessage("close");
    await this.#exited;
  }

  #send(): void {
    if (this.#isBusy || this.#gathering.length === 0) return;
    this.#underWay = this.#gathering.filter(canBeSent);
    this.#gathering = [];
    if (this.#underWay.length === 0) {
      this.#worker.unref();
      return;
    }
    this.#isBusy = true;
    this.#worker.postMessage({
      now: this.#options.clock.now(),
      calls: this.#underWay.map(({ call }) => call),
    } satisfies Message);
  }

  #answered(answer: Answer): void {
    const asked = this.#underWay;
    this.#underWay = [];
    this.#isBusy = false;
    if (this.#gathering.length === 0) this.#worker.unref();
    if ("failed" in answer) {
      const error = errorOf(answer.failed);
      for (const { reject } of asked) reject(error);
      // The first answer says whether the file could be opened at all.
      if (asked.length === 0) this.#end(error);
    } else {
      if (answer.opened !== undefined) {
        this.prefix = answer.opened.prefix;
        this.#isOpen();
        this.#options.clock.reach(answer.opened.newest);
      }
      this.#options.onNews(answer.news, this.#options.clock.now());
      for (const [i, { resolve, reject }] of asked.entries()) {
        const result = answer.results[i];
        if (result === undefined || "error" in result) reject(errorOf(result?.error));
        else resolve(result.value as never);
      }
    }
    this.#send();
  }

  #end(error: HeronError): void {
    this.#ended = error;
    this.#isNotOpen(error);
    this.#isBusy = false;
    for (const { reject } of [...this.#underWay, ...this.#gathering]) reject(error);
    this.#underWay = [];
    this.#gathering = [];
  }
}

function errorOf(failure: Failure | undefined): HeronError {
  return new HeronError(
    (failure?.code ?? "store_unavailable") as HeronErrorCode,
    failure?.message ?? "No answer.",
  );
}

/** What is made here and not by callers, and can always be copied. */
const PACKED: ReadonlySet<CallName> = new Set(["publish", "settle", "load", "forget"]);

/** Whether a call can be copied to another thread. One that cannot fails alone, and nobody else's with it. */
function canBeSent({ call, reject }: Asked): boolean {
  if (PACKED.has(call.name)) return true;
  try {
    structuredClone(call.args);
    return true;
  } catch (cause) {
    reject(
      new HeronError(
        "option_invalid",
        "What was given holds something that is not JSON, such as a function.",
        { cause },
      ),
    );
    return false;
  }
}
