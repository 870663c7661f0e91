import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type ChildEnd, type ChildOptions, killTree, unwatch, watch } from "./child.ts";
import type { Run } from "./reused-process-main.ts";

type Options = Pick<ChildOptions, "file" | "cwd" | "env" | "onData" | "limit">;

const main = fileURLToPath(new URL("reused-process-main.ts", import.meta.url));
/** Modules are never unloaded, so a process is replaced before they take much memory. */
const MAX_RUNS = 200;

const idle: ReusedProcess[] = [];

/**
 * Runs a file as `runChild` does, in a process that ran others before: there are as many as steps run at once.
 * What ends the process, as an uncaught error or `process.exit` does, ends this run with its exit code.
 */
export async function runInReusedProcess(options: Options): Promise<ChildEnd> {
  let reused = idle.pop();
  // One may have ended since.
  while (reused !== undefined && !reused.reusable) reused = idle.pop();
  reused ??= new ReusedProcess();
  const exitCode = await reused.run(options);
  if (reused.reusable) idle.push(reused);
  else reused.close();
  return { exitCode, cancelled: false };
}

class ReusedProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #runs = 0;
  #alive = true;

  constructor() {
    this.#child = spawn(process.execPath, [main], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // Modules that are loaded again and again need not be compiled each time.
      env: { NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] },
      detached: process.platform !== "win32",
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", (code, killedBy) => {
        this.#alive = false;
        resolve(code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]));
      });
    });
    // Passed to the caller that runs a file.
    this.#ended.catch(() => {});
  }

  get reusable(): boolean {
    return this.#alive && this.#runs < MAX_RUNS;
  }

  /** Resolves to the exit code once the file has nothing more to do, and both streams have been read to their ends. */
  async run({ file, cwd, env, onData, limit }: Options): Promise<number> {
    this.#runs++;
    this.#setBusy(true);
    const marker = `\0${randomUUID()} `;
    const streams = (["stdout", "stderr"] as const).map((name) =>
      readUntil(this.#child[name] as Readable, marker, (chunk) => onData(name, chunk)),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`the step was still running after ${limit} ms`));
        killTree(this.#child);
      }, limit);
    });
    try {
      this.#child.send({ file, cwd, env, marker } satisfies Run, () => {});
      const done = Promise.all(streams.map(({ exitCode }) => exitCode)).then(([exitCode = 0]) => exitCode);
      return await Promise.race([done, this.#ended, late]);
    } finally {
      clearTimeout(timer);
      for (const stream of streams) stream.stop();
      this.#setBusy(false);
    }
  }

  /** Lets it end, and have written what it compiled. */
  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  /** While nothing runs, the process does not keep its parent from ending, and ends with it. */
  #setBusy(busy: boolean): void {
    if (busy) watch(this.#child);
    else unwatch(this.#child);
    const { stdout, stderr, channel } = this.#child;
    for (const handle of [this.#child, stdout, stderr, channel] as unknown as (NodeJS.RefCounted | null)[])
      if (busy) handle?.ref();
      else handle?.unref();
  }
}

/** Passes on what comes from a stream, up to the marker; what follows the marker, up to a line's end, is the exit code. */
function readUntil(
  stream: Readable,
  marker: string,
  onData: (chunk: Buffer) => void,
): { readonly exitCode: Promise<number>; readonly stop: () => void } {
  let held = Buffer.alloc(0);
  let take: (chunk: Buffer) => void = () => {};
  const exitCode = new Promise<number>((resolve) => {
    take = (chunk) => {
      held = Buffer.concat([held, chunk]);
      const at = held.indexOf(marker);
      const end = at >= 0 ? at : startOfMarker(held, marker.length);
      if (end > 0) onData(held.subarray(0, end));
      held = held.subarray(end);
      const line = /^(\d+)\n/.exec(at < 0 ? "" : held.subarray(marker.length).toString());
      if (line !== null) resolve(Number(line[1]));
    };
  });
  stream.on("data", take);
  const stop = (): void => {
    stream.off("data", take);
    // The process ended with the beginning of a marker on its lips, which was none.
    if (held.length > 0 && held.indexOf(marker) < 0) onData(held);
  };
  return { exitCode, stop };
}

/** Where a marker may have begun of which the rest has not come; the whole length if nowhere. */
function startOfMarker(bytes: Buffer, length: number): number {
  const at = bytes.lastIndexOf(0);
  return at >= 0 && bytes.length - at < length ? at : bytes.length;
}
