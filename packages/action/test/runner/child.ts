import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";

/** How long a step that is cancelled is left after each signal, in milliseconds. */
export interface CancelWaits {
  readonly interrupt: number;
  readonly terminate: number;
}

export interface ChildOptions {
  readonly file: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onData: (stream: "stdout" | "stderr", chunk: Buffer) => void;
  /** Cancels as a runner does when it is aborted. */
  readonly signal: AbortSignal;
  readonly waits: CancelWaits;
  /** How long streams may stay open, by processes it started, when the process has ended. */
  readonly drain: number;
  /** After so many milliseconds the process is killed and the promise rejected. */
  readonly limit: number;
}

export interface ChildEnd {
  readonly exitCode: number;
  readonly cancelled: boolean;
}

/**
 * Runs a file with Node as a runner does: nothing on standard input, and ended with all that it started.
 * Rejects with E2BIG when the environment is more than the system takes, as 128 KiB in one variable are on Linux.
 */
export async function runChild(options: ChildOptions): Promise<ChildEnd> {
  const { file, cwd, env, onData, signal, waits, drain, limit } = options;
  // In a group of its own, so that what it started can be killed with it.
  const child = spawn(process.execPath, [file], { cwd, env, detached: process.platform !== "win32" });
  watch(child);
  child.stdin.on("error", () => {});
  child.stdin.end();
  child.stdout.on("data", (chunk: Buffer) => onData("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => onData("stderr", chunk));
  const timers: NodeJS.Timeout[] = [];
  const closed = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => timers.push(setTimeout(() => killTree(child), drain)));
    child.on("close", (code, killedBy) =>
      resolve(code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy])),
    );
    timers.push(
      setTimeout(() => {
        reject(new Error(`the step was still running after ${limit} ms`));
        killTree(child);
      }, limit),
    );
  });
  let cancelling: Promise<void> | null = null;
  const cancel = (): void => {
    cancelling ??= cancelChild(child, closed, waits);
  };
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const exitCode = await closed;
    const cancelled = cancelling !== null;
    await cancelling;
    return { exitCode, cancelled };
  } finally {
    signal.removeEventListener("abort", cancel);
    timers.forEach(clearTimeout);
    killTree(child);
    unwatch(child);
  }
}

async function cancelChild(
  child: ChildProcess,
  closed: Promise<unknown>,
  { interrupt, terminate }: CancelWaits,
): Promise<void> {
  for (const [signal, wait] of [
    ["SIGINT", interrupt],
    ["SIGTERM", terminate],
  ] as const) {
    child.kill(signal);
    if (await within(closed, wait)) return;
  }
  killTree(child);
}

async function within(ended: Promise<unknown>, wait: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, wait, false);
  });
  const inTime = await Promise.race([
    ended.then(
      () => true,
      () => true,
    ),
    late,
  ]);
  clearTimeout(timer);
  return inTime;
}

/** Also when the process has ended: what it started may not have. */
export function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // Where only a process that has ended is left in a group, macOS says EPERM.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

const running = new Set<ChildProcess>();

/** A group of its own would outlive a test run that is ended. */
export function watch(child: ChildProcess): void {
  if (running.size === 0) process.on("exit", killAll);
  running.add(child);
}

export function unwatch(child: ChildProcess): void {
  running.delete(child);
  if (running.size === 0) process.off("exit", killAll);
}

function killAll(): void {
  for (const child of running) killTree(child);
}
