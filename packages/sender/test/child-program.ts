import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A child process that is controlled by lines on stdin and reports lines on stdout. */
export type ChildProgram = ChildProcessByStdio<Writable, Readable, null>;

/** Runs a program, given by its path from here, until the test has finished at the latest. */
export function spawnProgram(program: string, ...args: readonly string[]): ChildProgram {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Kills a program once it has said so many lines, and gives every line that it had said by then. */
export async function killAfter(lines: number, child: ChildProgram): Promise<readonly string[]> {
  const ended = once(child, "exit");
  let output = "";
  for await (const chunk of child.stdout) {
    output += chunk;
    if (output.split("\n").length > lines) child.kill("SIGKILL");
  }
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  if (signal !== "SIGKILL") throw new Error(`It ended by itself: ${code ?? signal}`);
  // The last line may have been cut.
  return output.split("\n").slice(0, -1);
}
