import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const PROGRAM: string = fileURLToPath(new URL("full-sender.ts", import.meta.url));

/** What the program said, by its first word. */
export interface ProgramOutput {
  readonly accepted: readonly string[];
  /** `ID CODE` */
  readonly refused: readonly string[];
  readonly duplicate: readonly string[];
  readonly logged: readonly string[];
  /** `DELIVERED TWICE`: how many were delivered in the end, and how many of them at the second attempt. */
  readonly drained: string | undefined;
  /** How the process ended. */
  readonly code: number | null;
}

/**
 * Runs the program until its disk is full, calls `full`, lets it make room, and waits for its end. It must go on by
 * itself: it is not restarted.
 */
export async function runUntilFull(
  command: string,
  args: readonly string[],
  { env = {}, onFull = () => {}, mayContinue = (line) => line === "full", limitMs }: FillOptions,
): Promise<ProgramOutput> {
  const child: ChildProcess = spawn(command, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  const closed = once(child, "close");
  const output: Record<string, string[]> = {};
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface(child.stdout)) {
    const [word = "", ...rest] = line.split(" ");
    output[word] = [...(output[word] ?? []), rest.join(" ")];
    if (word === "full") onFull(child);
    // What it waits for may be said more than once.
    if (mayContinue(line) && child.stdin?.writableEnded === false) child.stdin.end("go on\n");
  }
  const [code] = (await closed) as [number | null];
  clearTimeout(timer);
  const { accepted = [], refused = [], duplicate = [], logged = [], drained } = output;
  return { accepted, refused, duplicate, logged, drained: drained?.[0], code };
}

export interface FillOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The disk is full now. */
  readonly onFull?: ((child: ChildProcess) => void) | undefined;
  /** After which line it may make room. Default: `full`. */
  readonly mayContinue?: ((line: string) => boolean) | undefined;
  /** Then it is killed. */
  readonly limitMs: number;
}
