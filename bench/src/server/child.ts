import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { getCpuSeconds } from "../cpu-time.ts";

/** A server in a child process. */
export interface Child {
  readonly port: number;
  /** CPU seconds so far, in all threads; null where there is no /proc. */
  cpuSeconds(): number | null;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;

/** Starts a program, which sends its port in a message. */
export async function startServer(url: URL, nodeOptions: readonly string[] = []): Promise<Child> {
  const program = fileURLToPath(url);
  const child = fork(program, {
    execArgv: [...nodeOptions],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  try {
    const [port] = (await Promise.race([
      once(child, "message", { signal: AbortSignal.timeout(START_TIMEOUT_MS) }),
      once(child, "exit").then(() => Promise.reject(new Error(`the server ${program} ended at once`))),
    ])) as [number];
    return { port, cpuSeconds: () => getCpuSeconds(child.pid), stop: () => stop(child) };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/** Disconnects it, which ends it; kills it after a timeout. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  child.disconnect();
  await ended;
  clearTimeout(timer);
}
