import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { HeronError, type HeronErrorCode } from "@heron-webhooks/core";
import type { PostgresStoreOptions } from "../../src/index.ts";
import type { Command, Told } from "./protocol.ts";

const PROGRAM = fileURLToPath(new URL("program.ts", import.meta.url));

export interface ProcessOptions {
  readonly store: PostgresStoreOptions;
  readonly slots?: number;
  /** A module that is loaded before the program. */
  readonly preload?: string;
}

/** An emit that was refused, and after how long, in milliseconds. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly ms: number;
}

interface Asked {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: HeronError) => void;
}

/** A sender in a process of its own, with what it has told so far. */
export class SenderProcess {
  readonly accepted: Set<string> = new Set();
  readonly refused: Refusal[] = [];
  readonly errors: string[] = [];
  /** Deliveries that it has taken and has not said what became of. */
  readonly underWay: Set<string> = new Set();
  /** Deliveries that were not its own any more when it settled them: as often as that was so. */
  readonly lost: string[] = [];
  /** How many that were as its hook tells it. */
  losses = 0;
  /** How many it has settled. */
  settled = 0;
  /** The longest that an emit took, in milliseconds. */
  slowest = 0;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #asked = new Map<number, Asked>();
  readonly #closed: Promise<unknown>;
  #count = 0;
  #ready: () => void = () => {};

  private constructor({ store, slots, preload }: ProcessOptions) {
    const args = [...(preload === undefined ? [] : ["--import", preload]), PROGRAM];
    this.#child = spawn(process.execPath, [...args, JSON.stringify({ store, slots })], {
      stdio: ["pipe", "pipe", "inherit"],
      // To compile it anew is most of what it takes to start one.
      env: { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"), ...process.env },
    });
    this.#child.stdin.on("error", () => {});
    this.#closed = once(this.#child, "close").then(() => this.#hasEnded());
    createInterface(this.#child.stdout).on("line", (line) => this.#hear(line));
  }

  static async start(options: ProcessOptions): Promise<SenderProcess> {
    const started = new SenderProcess(options);
    const ready = new Promise<void>((resolve) => {
      started.#ready = resolve;
    });
    await Promise.race([ready, started.#closed]);
    if (!started.isThere) throw new Error("A sender ended before it began.");
    return started;
  }

  get isThere(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves with what came of it; fails with the error that it had there. */
  ask(command: Command): Promise<unknown> {
    const n = ++this.#count;
    if (!this.isThere) return Promise.reject(new HeronError("closed", "Its process has ended."));
    return new Promise((resolve, reject) => {
      this.#asked.set(n, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify([n, command])}\n`);
    });
  }

  /** It stands still until it is told to go on. */
  stop(): void {
    this.#child.kill("SIGSTOP");
  }

  goOn(): void {
    this.#child.kill("SIGCONT");
  }

  /** Resolves once all is known that it had said. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  /** Lets it close in peace. */
  async close(): Promise<void> {
    if (!this.isThere) return;
    await this.ask({ do: "close" });
    await this.#closed;
  }

  #hear(line: string): void {
    let told: Told;
    try {
      told = JSON.parse(line) as Told;
    } catch {
      // It was killed in the middle of it.
      return;
    }
    switch (told[0]) {
      case "ready":
        this.#ready();
        return;
      case "accepted":
        this.slowest = Math.max(this.slowest, told[2]);
        return void this.accepted.add(told[1]);
      case "refused":
        return void this.refused.push({ code: told[1], message: told[2], ms: told[3] });
      case "claimed":
        for (const delivery of told[1]) this.underWay.add(delivery);
        return;
      case "lost":
        this.lost.push(...told[1]);
        for (const delivery of told[1]) this.underWay.delete(delivery);
        return;
      case "settled":
        this.settled += told[1].length;
        for (const delivery of told[1]) this.underWay.delete(delivery);
        return;
      default:
        this.#answer(told);
    }
  }

  #answer(told: Told): void {
    if (told[0] === "losses") this.losses += told[1];
    else if (told[0] === "error") this.errors.push(told[1]);
    else if (told[0] === "done") this.#asked.get(told[1])?.resolve(told[2]);
    else if (told[0] === "failed")
      this.#asked.get(told[1])?.reject(new HeronError(told[2] as HeronErrorCode, told[3]));
  }

  #hasEnded(): void {
    for (const { reject } of this.#asked.values()) reject(new HeronError("closed", "Its process has ended."));
    this.#asked.clear();
  }
}
