import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** One of the example receivers, running in a process of its own. */
export interface RunningReceiver {
  readonly name: string;
  readonly url: string;
  /** The next event that it says it has handled; null once it has ended. */
  nextEvent(): Promise<Record<string, unknown> | null>;
  stop(): Promise<void>;
}

/** Starts `examples/<name>/main.ts` on `port`, or on a free one where that is taken. */
export async function startReceiver(name: string, port: number, secret: string): Promise<RunningReceiver> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url))], {
    env: { ...process.env, PORT: String((await isFree(port)) ? port : 0), HERON_WEBHOOK_SECRET: secret },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const events = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const url = await addressOf(name, child);
  return {
    name,
    url,
    async nextEvent() {
      const { done, value } = await events.next();
      return done ? null : (JSON.parse(value) as Record<string, unknown>);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** What a receiver says on standard error is shown, each line under its name; its first tells where it listens. */
async function addressOf(name: string, child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stderr === null) throw new Error("stderr is piped");
    createInterface({ input: child.stderr }).on("line", (line) => {
      const listening = /listens on (\S+)/.exec(line)?.[1];
      if (listening === undefined) console.error(`  ${name} logs  ${line}`);
      else resolve(listening);
    });
    child.once("exit", (code, signal) => reject(new Error(`${name} ended with ${code ?? signal}`)));
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
