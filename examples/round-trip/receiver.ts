import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A handled event, as an example receiver prints it. */
export type Handled = Readonly<Record<string, unknown>>;

/** One of the example receivers, running in a process of its own. */
export interface RunningReceiver {
  readonly url: string;
  /** The next handled event; null once the process has ended. */
  nextEvent(): Promise<Handled | null>;
  stop(): Promise<void>;
}

/** Starts `examples/<name>/main.ts` on `port`; `onLog` is given what it logs, line by line. */
export async function startReceiver(
  name: string,
  port: number,
  secret: string,
  onLog: (line: string) => void,
): Promise<RunningReceiver> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url))], {
    env: { ...process.env, PORT: String(port), HERON_WEBHOOK_SECRET: secret },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const events = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const url = await readAddress(name, child, onLog);
  return {
    url,
    async nextEvent() {
      const { done, value } = await events.next();
      return done ? null : (JSON.parse(value) as Handled);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** The first line on standard error has the address; the rest is the log. */
function readAddress(name: string, child: ChildProcess, onLog: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stderr === null) throw new Error("stderr is piped");
    createInterface({ input: child.stderr }).on("line", (line) => {
      const listening = /listens on (\S+)/.exec(line)?.[1];
      if (listening === undefined) onLog(line);
      else resolve(listening);
    });
    child.once("exit", (code, signal) => reject(new Error(`${name} ended with ${code ?? signal}`)));
  });
}

/**
 * Finds a free port for a receiver that starts later. Below the range of outgoing connections, so that none takes it in
 * between; random, so that two runs differ.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
