import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { verify } from "@heron-webhooks/core";
import type { Receiver } from "./receiver.ts";
import type { Step } from "./runner.ts";

/** A program to be measured, and the step that it runs as. */
export interface ActionCompetitor {
  readonly name: string;
  readonly file: string;
  readonly step: Step;
  /** Whether it posts anything. */
  readonly posts: boolean;
  /** What the body must be signed with, if it has to be. */
  readonly secret?: string;
  /** Whether it is an action that somebody else published. */
  readonly published?: boolean;
}

/** What a run took, in milliseconds from when the process was asked for. */
export interface ActionRun {
  /** Until the whole body had arrived; NaN if nothing is posted. */
  readonly delivered: number;
  readonly ended: number;
}

const RUN_TIMEOUT_MS = 30_000;

/**
 * Runs it once, as a process of its own.
 * @throws Error unless it ends well, posts once, signs truly if it signs, and leaves outputs
 */
export async function runOnce(subject: ActionCompetitor, receiver: Receiver): Promise<ActionRun> {
  const { name, file, step, posts, secret } = subject;
  await writeFile(step.output, "");
  receiver.takeReceived();
  const from = performance.now();
  const child = spawn(process.execPath, [file], { env: { ...step.env }, timeout: RUN_TIMEOUT_MS });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
  child.stdin.on("error", () => {}).end();
  const [code] = (await once(child, "exit")) as [number | null];
  const ended = performance.now() - from;
  const received = receiver.takeReceived();
  if (code !== 0) throw new Error(`${name} ended with ${code ?? "a signal"}:\n${output}`);
  if (received.length !== (posts ? 1 : 0))
    throw new Error(`${name} posted ${received.length} times:\n${output}`);
  if (!posts) return { delivered: Number.NaN, ended };
  const [{ at, headers, body }] = received as [(typeof received)[number]];
  JSON.parse(body.toString("utf8"));
  if (secret !== undefined) {
    verify(body, String(headers["heron-signature"]), secret);
    if ((await readFile(step.output, "utf8")) === "") throw new Error(`${name} left no outputs:\n${output}`);
  }
  return { delivered: at - from, ended };
}
