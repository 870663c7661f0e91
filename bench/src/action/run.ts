import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { verify } from "@heron-webhooks/core";
import type { Receiver } from "./receiver.ts";
import type { Step } from "./runner.ts";

/** A program to measure, and its step. */
export interface ActionCompetitor {
  readonly name: string;
  readonly file: string;
  readonly step: Step;
  /** Whether it sends a POST. */
  readonly posts: boolean;
  /** The secret of the required signature, if any. */
  readonly secret?: string;
  /** Whether it is a published action. */
  readonly published?: boolean;
}

/** The times of a run, in milliseconds from the spawn. */
export interface ActionRun {
  /** Until the complete body arrived; NaN without a POST. */
  readonly delivered: number;
  readonly ended: number;
}

const RUN_TIMEOUT_MS = 30_000;

/**
 * Runs it once, in its own process.
 * @throws Error unless it succeeds, posts once with a valid signature if required, and writes outputs
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
