import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A program in a process of its own, which is told and tells line by line. */
export type Running = ChildProcessByStdio<Writable, Readable, null>;

/** Runs a program, given by its path from here, until the test has finished at the latest. */
export function running(program: string, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Kills a program once it has said so many lines, and gives every line that it had said by then. */
export async function killedAfter(lines: number, child: Running): Promise<readonly string[]> {
  const ended = once(child, "exit");
  let said = "";
  for await (const chunk of child.stdout) {
    said += chunk;
    if (said.split("\n").length > lines) child.kill("SIGKILL");
  }
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  if (signal !== "SIGKILL") throw new Error(`It ended by itself: ${code ?? signal}`);
  // The last line may have been cut.
  return said.split("\n").slice(0, -1);
}
