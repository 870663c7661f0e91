import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program of the bench, in a child process. */
export interface BenchProgram {
  readonly pid: number | undefined;
  /** @throws Error if it threw, ended, or did not respond in time */
  ask<Result>(question: string, argument?: unknown, timeoutMs?: number): Promise<Result>;
  /** Disconnects it, which ends it; kills it after a timeout. */
  stop(): Promise<void>;
}

interface PendingReply {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

const RESPONSE_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 5000;

/** Starts a program that uses {@link serveQuestions}, and waits until it is ready. */
export async function startProgram(
  file: URL | string,
  options: unknown,
  {
    execArgv = [],
    readyTimeoutMs = RESPONSE_TIMEOUT_MS,
  }: { readonly execArgv?: readonly string[]; readonly readyTimeoutMs?: number } = {},
): Promise<BenchProgram> {
  const path = typeof file === "string" ? file : fileURLToPath(file);
  const child = fork(path, [JSON.stringify(options)], {
    execArgv: [...execArgv],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  const pending = new Map<number, PendingReply>();
  let last = 0;
  child.on("message", ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
    if (error === undefined) pending.get(id)?.resolve(result as never);
    else pending.get(id)?.reject(new Error(`${path}: ${error}`));
  });
  child.on("exit", (code) => {
    for (const { reject } of pending.values()) reject(new Error(`${path} ended with ${code ?? "a signal"}`));
  });
  const waitForResult = async <Result>(id: number, question: string, timeoutMs: number): Promise<Result> => {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Result>((resolve, reject) => {
        pending.set(id, { resolve, reject });
        timer = setTimeout(() => reject(new Error(`${path}: "${question}" timed out`)), timeoutMs);
      });
    } finally {
      clearTimeout(timer);
      pending.delete(id);
    }
  };
  const program: BenchProgram = {
    pid: child.pid,
    ask(question, argument, timeoutMs = RESPONSE_TIMEOUT_MS) {
      const id = ++last;
      const result = waitForResult<never>(id, question, timeoutMs);
      child.send({ id, question, argument }, (error) => {
        if (error !== null) pending.get(id)?.reject(error);
      });
      return result;
    },
    stop: () => stop(child),
  };
  try {
    await waitForResult(0, "start", readyTimeoutMs);
    return program;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), END_TIMEOUT_MS);
  child.disconnect();
  await ended;
  clearTimeout(timer);
}

/** In the program: the options of {@link startProgram}. */
export function parseProgramOptions<Options>(): Options {
  return JSON.parse(process.argv[2] ?? "null") as Options;
}

/** In the program: reports that it is ready, and serves questions. */
export function serveQuestions(
  handlers: Readonly<Record<string, (argument: never) => unknown>>,
  onEnd: () => Promise<void> = async () => {},
): void {
  const reply = async (id: number, question: string, argument: unknown): Promise<void> => {
    try {
      const handler = handlers[question];
      if (handler === undefined) throw new Error(`unknown question "${question}"`);
      process.send?.({ id, result: (await handler(argument as never)) ?? null });
    } catch (error) {
      process.send?.({ id, error: String(error) });
    }
  };
  process.on("message", ({ id, question, argument }: { id: number; question: string; argument: unknown }) => {
    void reply(id, question, argument);
  });
  process.on("disconnect", () => {
    setTimeout(() => process.exit(), END_TIMEOUT_MS).unref();
    void onEnd().finally(() => process.exit());
  });
  process.send?.({ id: 0, result: null });
}
