import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A server in a process of its own. */
export interface Child {
  readonly port: number;
  /** Seconds of processor time that it has used so far, in all its threads; null where there is no /proc. */
  cpuSeconds(): number | null;
  stop(): Promise<void>;
}

const LONGEST_START = 20_000;
/** `/proc` counts in these: USER_HZ, which has been 100 on every Linux for twenty years. */
const TICKS_PER_SECOND = 100;

/** Starts one of the programs in `servers/`, which says by a message which port it got. */
export async function startServer(name: string, nodeOptions: readonly string[] = []): Promise<Child> {
  const program = fileURLToPath(new URL(`./servers/${name}.ts`, import.meta.url));
  const child = fork(program, {
    execArgv: [...nodeOptions],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  try {
    const [port] = (await Promise.race([
      once(child, "message", { signal: AbortSignal.timeout(LONGEST_START) }),
      once(child, "exit").then(() => Promise.reject(new Error(`the server ${name} ended at once`))),
    ])) as [number];
    return { port, cpuSeconds: () => cpuSeconds(child.pid), stop: () => stop(child) };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function cpuSeconds(pid: number | undefined): number | null {
  try {
    // proc(5): the name in brackets may hold anything; utime and stime are the 14th and 15th fields.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

/** It ends by itself when it loses its parent; if not, it is made to. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  child.disconnect();
  await ended;
  clearTimeout(timer);
}
