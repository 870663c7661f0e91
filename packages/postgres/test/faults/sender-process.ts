import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { HeronError, type HeronErrorCode } from "@heron-webhooks/core";
import type { PostgresStoreOptions } from "../../src/index.ts";
import type { Command, Message } from "./protocol.ts";

const PROGRAM = fileURLToPath(new URL("program.ts", import.meta.url));

export interface ProcessOptions {
  readonly store: PostgresStoreOptions;
  readonly slots?: number;
  /** A module that is loaded before the program. */
  readonly preload?: string;
}

/** An emit that was refused, and after how long, in milliseconds. */
export interface EmitError {
  readonly code: string;
  readonly message: string;
  readonly ms: number;
}

interface PendingCommand {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: HeronError) => void;
}

/** A sender in a process of its own, with what it has told so far. */
export class SenderProcess {
  readonly accepted: Set<string> = new Set();
  readonly rejected: EmitError[] = [];
  readonly errors: string[] = [];
  /** Deliveries that it has taken and has not said what became of. */
  readonly inFlight: Set<string> = new Set();
  /** Deliveries that were not its own any more when it settled them: as often as that was so. */
  readonly lost: string[] = [];
  /** How many that were as its hook tells it. */
  reportedLosses = 0;
  /** How many it has settled. */
  completed = 0;
  /** The longest that an emit took, in milliseconds. */
  slowestEmitMs = 0;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #pending = new Map<number, PendingCommand>();
  readonly #closed: Promise<unknown>;
  #count = 0;
  #onReady: () => void = () => {};

  private constructor({ store, slots, preload }: ProcessOptions) {
    const args = [...(preload === undefined ? [] : ["--import", preload]), PROGRAM];
    this.#child = spawn(process.execPath, [...args, JSON.stringify({ store, slots })], {
      stdio: ["pipe", "pipe", "inherit"],
      // To compile it anew is most of what it takes to start one.
      env: { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"), ...process.env },
    });
    this.#child.stdin.on("error", () => {});
    this.#closed = once(this.#child, "close").then(() => this.#rejectPending());
    createInterface(this.#child.stdout).on("line", (line) => this.#onLine(line));
  }

  static async start(options: ProcessOptions): Promise<SenderProcess> {
    const started = new SenderProcess(options);
    const ready = new Promise<void>((resolve) => {
      started.#onReady = resolve;
    });
    await Promise.race([ready, started.#closed]);
    if (!started.isRunning) throw new Error("A sender ended before it began.");
    return started;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves with what came of it; fails with the error that it had there. */
  send(command: Command): Promise<unknown> {
    const n = ++this.#count;
    if (!this.isRunning) return Promise.reject(new HeronError("closed", "Its process has ended."));
    return new Promise((resolve, reject) => {
      this.#pending.set(n, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify([n, command])}\n`);
    });
  }

  /** It stands still until it is told to go on. */
  suspend(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Resolves once all is known that it had said. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  /** Lets it close in peace. */
  async close(): Promise<void> {
    if (!this.isRunning) return;
    await this.send({ do: "close" });
    await this.#closed;
  }

  #onLine(line: string): void {
    let message: Message;
    try {
      message = JSON.parse(line) as Message;
    } catch {
      // It was killed in the middle of it.
      return;
    }
    switch (message[0]) {
      case "ready":
        this.#onReady();
        return;
      case "accepted":
        this.slowestEmitMs = Math.max(this.slowestEmitMs, message[2]);
        return void this.accepted.add(message[1]);
      case "refused":
        return void this.rejected.push({ code: message[1], message: message[2], ms: message[3] });
      case "claimed":
        for (const delivery of message[1]) this.inFlight.add(delivery);
        return;
      case "lost":
        this.lost.push(...message[1]);
        for (const delivery of message[1]) this.inFlight.delete(delivery);
        return;
      case "settled":
        this.completed += message[1].length;
        for (const delivery of message[1]) this.inFlight.delete(delivery);
        return;
      default:
        this.#onReply(message);
    }
  }

  #onReply(message: Message): void {
    if (message[0] === "losses") this.reportedLosses += message[1];
    else if (message[0] === "error") this.errors.push(message[1]);
    else if (message[0] === "done") this.#pending.get(message[1])?.resolve(message[2]);
    else if (message[0] === "failed")
      this.#pending.get(message[1])?.reject(new HeronError(message[2] as HeronErrorCode, message[3]));
  }

  #rejectPending(): void {
    for (const { reject } of this.#pending.values()) reject(new HeronError("closed", "Its process has ended."));
    this.#pending.clear();
  }
}
