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

const PROGRAM = fileURLToPath(new URL("sender-program.ts", import.meta.url));

export interface ProcessOptions {
  readonly store: PostgresStoreOptions;
  readonly concurrency?: number;
  /** A module to load before the program. */
  readonly preload?: string;
}

/** A rejected emit, and after how many milliseconds. */
export interface EmitError {
  readonly code: string;
  readonly message: string;
  readonly ms: number;
}

interface PendingCommand {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: HeronError) => void;
}

/** A sender in a child process, with what it reported so far. */
export class SenderProcess {
  readonly accepted: Set<string> = new Set();
  readonly rejected: EmitError[] = [];
  readonly errors: string[] = [];
  /** Deliveries that it has claimed and not completed. */
  readonly inFlight: Set<string> = new Set();
  /** Deliveries that it no longer owned when it completed them. */
  readonly lost: string[] = [];
  /** The number of lost leases that its hook reported. */
  reportedLosses = 0;
  completed = 0;
  slowestEmitMs = 0;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #pending = new Map<number, PendingCommand>();
  readonly #closed: Promise<unknown>;
  #count = 0;
  #onReady: () => void = () => {};

  private constructor({ store, concurrency, preload }: ProcessOptions) {
    const args = [...(preload === undefined ? [] : ["--import", preload]), PROGRAM];
    this.#child = spawn(process.execPath, [...args, JSON.stringify({ store, concurrency })], {
      stdio: ["pipe", "pipe", "inherit"],
      // Compiling takes most of the time of a start.
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
    if (!started.isRunning) throw new Error("The sender's process ended before it was ready.");
    return started;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves with the result of the command, or rejects with its error. */
  send(command: Command): Promise<unknown> {
    const n = ++this.#count;
    if (!this.isRunning) return Promise.reject(new HeronError("closed", "The sender's process has ended."));
    return new Promise((resolve, reject) => {
      this.#pending.set(n, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify([n, command])}\n`);
    });
  }

  suspend(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Resolves when all of its output has been read. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  /** Closes the sender and ends the process. */
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
      // The process was killed while it wrote the line.
      return;
    }
    switch (message[0]) {
      case "ready":
        this.#onReady();
        return;
      case "accepted":
        this.slowestEmitMs = Math.max(this.slowestEmitMs, message[2]);
        return void this.accepted.add(message[1]);
      case "rejected":
        return void this.rejected.push({ code: message[1], message: message[2], ms: message[3] });
      case "claimed":
        for (const delivery of message[1]) this.inFlight.add(delivery);
        return;
      case "lost":
        this.lost.push(...message[1]);
        for (const delivery of message[1]) this.inFlight.delete(delivery);
        return;
      case "completed":
        this.completed += message[1].length;
        for (const delivery of message[1]) this.inFlight.delete(delivery);
        return;
      default:
        this.#onReply(message);
    }
  }

  #onReply(message: Message): void {
    if (message[0] === "leases-lost") this.reportedLosses += message[1];
    else if (message[0] === "error") this.errors.push(message[1]);
    else if (message[0] === "done") this.#pending.get(message[1])?.resolve(message[2]);
    else if (message[0] === "failed")
      this.#pending.get(message[1])?.reject(new HeronError(message[2] as HeronErrorCode, message[3]));
  }

  #rejectPending(): void {
    for (const { reject } of this.#pending.values())
      reject(new HeronError("closed", "The sender's process has ended."));
    this.#pending.clear();
  }
}
