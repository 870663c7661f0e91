import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

/** A Redis server for a bench, on a socket in a folder. */
export interface RedisServer {
  readonly socket: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;
const END_TIMEOUT_MS = 5000;

/** The path of `redis-server`: `HERON_BENCH_REDIS`, or from PATH; null if there is none. */
export function findRedis(): string | null {
  const named = process.env["HERON_BENCH_REDIS"];
  if (named !== undefined && named !== "") return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, "redis-server")).find((file) => existsSync(file)) ?? null;
}

/** Starts a Redis with an append-only file and this sync mode. */
export async function startRedis(
  binary: string,
  folder: string,
  appendfsync: "everysec" | "always",
): Promise<RedisServer> {
  await mkdir(folder, { recursive: true });
  const socket = join(folder, "redis.sock");
  const settings = { port: "0", unixsocket: socket, dir: folder, save: "", appendonly: "yes", appendfsync };
  const child = spawn(
    binary,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  // Otherwise it would outlive the bench.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.removeListener("exit", kill));
  let failed: Error | undefined;
  child.on("error", (error) => {
    failed = error;
  });
  const until = performance.now() + START_TIMEOUT_MS;
  while (!(await isReachable(socket))) {
    if (failed !== undefined) throw failed;
    if (child.exitCode !== null || performance.now() > until) {
      child.kill("SIGKILL");
      throw new Error(`${binary} did not start`);
    }
    await after(20);
  }
  return { socket, pid: child.pid, stop: () => stop(child) };
}

async function isReachable(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const [reply] = (await once(socket, "data")) as [Buffer];
    return reply.toString("latin1").startsWith("+PONG");
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), END_TIMEOUT_MS);
  child.kill("SIGTERM");
  await ended;
  clearTimeout(timer);
}
