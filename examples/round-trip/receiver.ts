import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** An event, as an example receiver says it was handled. */
export type Handled = Readonly<Record<string, unknown>>;

/** One of the example receivers, running in a process of its own. */
export interface RunningReceiver {
  readonly url: string;
  /** The next event that it says it has handled; null once it has ended. */
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
  const url = await addressOf(name, child, onLog);
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

/** The first that a receiver says on standard error is where it listens; the rest is its log. */
function addressOf(name: string, child: ChildProcess, onLog: (line: string) => void): Promise<string> {
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
 * A free port, for a receiver that is started later: a webhook's URL is known before its receiver runs. Below those that
 * systems give to outgoing connections, so that none of them takes it in between; at random, so that two runs differ.
 */
export async function freePort(): Promise<number> {
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
