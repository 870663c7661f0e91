import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program of the bench, in a process of its own. */
export interface BenchProgram {
  readonly pid: number | undefined;
  /** @throws Error what it threw, or that it ended or gave no answer in time */
  ask<Answer>(question: string, argument?: unknown, withinMs?: number): Promise<Answer>;
  /** It ends by itself when it loses its parent; if not, it is made to. */
  stop(): Promise<void>;
}

interface PendingReply {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

const ANSWER_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 5000;

/** Starts a program that answers by {@link serveQuestions}, and waits until it is ready. */
export async function startProgram(
  file: URL | string,
  options: unknown,
  {
    execArgv = [],
    readyWithinMs = ANSWER_TIMEOUT_MS,
  }: { readonly execArgv?: readonly string[]; readonly readyWithinMs?: number } = {},
): Promise<BenchProgram> {
  const path = typeof file === "string" ? file : fileURLToPath(file);
  const child = fork(path, [JSON.stringify(options)], {
    execArgv: [...execArgv],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  const pending = new Map<number, PendingReply>();
  let last = 0;
  child.on("message", ({ id, answer, error }: { id: number; answer?: unknown; error?: string }) => {
    if (error === undefined) pending.get(id)?.resolve(answer as never);
    else pending.get(id)?.reject(new Error(`${path}: ${error}`));
  });
  child.on("exit", (code) => {
    for (const { reject } of pending.values()) reject(new Error(`${path} ended with ${code ?? "a signal"}`));
  });
  const answered = async <Answer>(id: number, what: string, withinMs: number): Promise<Answer> => {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        pending.set(id, { resolve, reject });
        timer = setTimeout(() => reject(new Error(`${path}: nothing came of "${what}"`)), withinMs);
      });
    } finally {
      clearTimeout(timer);
      pending.delete(id);
    }
  };
  const program: BenchProgram = {
    pid: child.pid,
    ask(question, argument, withinMs = ANSWER_TIMEOUT_MS) {
      const id = ++last;
      const answer = answered<never>(id, question, withinMs);
      child.send({ id, question, argument }, (error) => {
        if (error !== null) pending.get(id)?.reject(error);
      });
      return answer;
    },
    stop: () => stop(child),
  };
  try {
    await answered(0, "start", readyWithinMs);
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

/** What {@link startProgram} was given, on the program's side. */
export function parseProgramOptions<Options>(): Options {
  return JSON.parse(process.argv[2] ?? "null") as Options;
}

/** On the program's side: says that it is ready, and answers from then on. */
export function serveQuestions(
  answers: Readonly<Record<string, (argument: never) => unknown>>,
  onEnd: () => Promise<void> = async () => {},
): void {
  const reply = async (id: number, question: string, argument: unknown): Promise<void> => {
    try {
      process.send?.({ id, answer: (await answers[question]?.(argument as never)) ?? null });
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
  process.send?.({ id: 0, answer: null });
}
