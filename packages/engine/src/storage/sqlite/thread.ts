import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { HeronError, type HeronErrorCode } from "@heron-webhooks/core";
import type { SteadyClock } from "../../steady-clock.ts";
import type { Answer, CallArguments, CallName, CallResult, Failure, Message, Opened } from "./file/calls.ts";
import type { News } from "./file/news.ts";

export interface FileThreadOptions {
  readonly path: string;
  readonly busyMs: number;
  readonly maxPending: number;
  readonly clock: SteadyClock;
  /** Told of what a message brought with it, before those who asked are. */
  readonly onNews: (news: News, now: number) => void;
}

/** For so long, in milliseconds, who closes a file waits for it to be opened. */
const LONGEST_OPENING = 1000;

interface Asked {
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
  #gathering: Asked[] = [];
  #underWay: readonly Asked[] = [];
  #isBusy = true;
  #ended: HeronError | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: FileThreadOptions) {
    this.#options = options;
    const { path, busyMs, maxPending } = options;
    // From source it stands beside this file; built, this file is part of another.
    const file = import.meta.url.endsWith("/thread.ts") ? "./file/worker.ts" : "./sqlite/file/worker.js";
    this.#worker = new Worker(new URL(file, import.meta.url), {
      workerData: { path, busyMs, maxPending },
      // What says how a program in a string is to be read is refused for a file. Else none are named: of those that are,
      // Node refuses every flag of the process, such as the size of its memory, which it passes over where none is.
      ...(process.execArgv.some((argument) => argument.startsWith("--input-type")) ? { execArgv: [] } : {}),
    });
    // From the beginning on: a thread may have come to its end before anybody closes it.
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.on("message", (told: Answer | Opened) =>
      "prefix" in told ? this.#opened(told) : this.#answered(told),
    );
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
    return this.askLater(name, () => args);
  }

  /** The same, of what is known only when it is sent. */
  askLater<Name extends CallName>(name: Name, args: () => CallArguments<Name>): Promise<CallResult<Name>> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#gathering.push({ name, args, resolve, reject });
      // What somebody waits for keeps the process alive, even before the file is open; an idle store does not.
      this.#worker.ref();
      if (this.#gathering.length === 1 && !this.#isBusy) setImmediate(() => this.#send());
    });
  }

  /** The text that stands for a delivery. */
  deliveryId(number: number): string {
    return this.prefix + number.toString(36);
  }

  /** Until the file is open, nobody knows what is owed. Rejects if it cannot be opened. */
  async open(): Promise<void> {
    if (this.prefix === "") await this.ask("nothing");
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Whatever was asked before has been answered by then; that it failed is known to who asked.
    const answered = this.ask("nothing").catch(() => {});
    // A file that is not open may be in another's hands for long.
    if (this.prefix !== "") await answered;
    else await Promise.race([answered, setTimeout(LONGEST_OPENING, undefined, { ref: false })]);
    if (this.#ended === null) this.#end(new HeronError("closed", "The store is closed."));
    this.#worker.ref();
    this.#worker.postMessage("close");
    await this.#exited;
  }

  #send(): void {
    if (this.#isBusy || this.#gathering.length === 0) return;
    const gathered = this.#gathering;
    this.#gathering = [];
    const calls: Message["calls"][number][] = [];
    this.#underWay = gathered.filter(({ name, args: make, reject }) => {
      const args = make();
      const error = PACKED.has(name) ? null : faultOf(args);
      if (error === null) calls.push({ name, args });
      else reject(error);
      return error === null;
    });
    if (calls.length === 0) {
      this.#worker.unref();
      return;
    }
    this.#isBusy = true;
    this.#worker.postMessage({ now: this.#options.clock.now(), calls } satisfies Message);
  }

  #opened({ prefix, newest, news }: Opened): void {
    const { clock, onNews } = this.#options;
    this.prefix = prefix;
    clock.reach(newest);
    onNews(news, clock.now());
  }

  #answered(answer: Answer): void {
    // Who asked before the file could be opened hears that it cannot be; who asks next has it tried again.
    const asked = "failed" in answer && this.prefix === "" ? this.#everyone() : this.#underWay;
    this.#underWay = [];
    this.#isBusy = false;
    if (this.#gathering.length === 0) this.#worker.unref();
    if ("failed" in answer) for (const { reject } of asked) reject(errorOf(answer.failed));
    else {
      this.#options.onNews(answer.news, this.#options.clock.now());
      for (const [i, { resolve, reject }] of asked.entries()) {
        const result = answer.results[i];
        if (result === undefined || "error" in result) reject(errorOf(result?.error));
        else resolve(result.value as never);
      }
    }
    this.#send();
  }

  #everyone(): readonly Asked[] {
    const all = [...this.#underWay, ...this.#gathering];
    this.#gathering = [];
    return all;
  }

  #end(error: HeronError): void {
    this.#ended = error;
    this.#isBusy = false;
    for (const { reject } of this.#everyone()) reject(error);
    this.#underWay = [];
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

/** Why a call cannot be copied to another thread; null if it can. One that cannot fails alone. */
function faultOf(args: readonly unknown[]): HeronError | null {
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
