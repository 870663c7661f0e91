import { parentPort, workerData } from "node:worker_threads";
import { HeronError } from "@heron-webhooks/core";
import {
  type CallBatch,
  createCalls,
  type OpenedMessage,
  type SerializedError,
  type ThreadResponse,
} from "./calls.ts";
import { StoreFile } from "./store-file.ts";

/** The thread that owns the file: the application's event loop never waits for the disk. */

const { path, busyTimeoutMs, maxPending } = workerData as {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly maxPending: number;
};

/** After a busy timeout, later calls wait only this long. */
const BUSY_RETRY_MS = 1000;

/** Waits in short steps, so that `close()` is handled in between. */
const BUSY_STEP_MS = 200;

let file: StoreFile | undefined;
let currentTimeoutMs = busyTimeoutMs;

withOpenFile((failure) => postToParent(failure ?? { results: [], update: { registered: [], stored: [] } }));

parentPort?.on("message", (message: CallBatch | "close") => {
  if (message === "close") {
    // It may still wait for another process.
    if (file === undefined) process.exit();
    file.close();
    parentPort?.close();
    return;
  }
  withOpenFile((failure) => postToParent(failure ?? runCalls(file as StoreFile, message)));
});

function postToParent(message: ThreadResponse | OpenedMessage): void {
  parentPort?.postMessage(message);
}

/** Opens the file if it is not open. An earlier failure may have been temporary. */
function withOpenFile(
  then: (failure: ThreadResponse | undefined) => void,
  until: number = Date.now() + currentTimeoutMs,
): void {
  try {
    if (file === undefined) {
      file = StoreFile.open(path, Math.max(0, Math.min(BUSY_STEP_MS, until - Date.now())));
      postToParent({ prefix: file.prefix, newestEventAt: file.newestEventAt, update: file.takeUpdate() });
    }
  } catch (error) {
    const serialized = serializeError(error);
    if (serialized.code === "store_busy" && Date.now() < until) setImmediate(() => withOpenFile(then, until));
    else {
      currentTimeoutMs = Math.min(busyTimeoutMs, BUSY_RETRY_MS);
      then({ failed: serialized });
    }
    return;
  }
  then(undefined);
}

function runCalls(opened: StoreFile, { now: at, calls }: CallBatch): ThreadResponse {
  const handlers = createCalls(opened, at, maxPending);
  try {
    const results = opened.commit(() =>
      calls.map(({ name, args }) => {
        const call = handlers[name] as (...args: readonly unknown[]) => unknown;
        const value = call(...args);
        return HeronError.is(value) ? { error: serializeError(value) } : { value };
      }),
    );
    return { results, update: opened.takeUpdate() };
  } catch (error) {
    opened.takeUpdate();
    return { failed: serializeError(error) };
  }
}

/** Maps an error of SQLite to a stable code. Source: SQLite, "Result and Error Codes". */
function serializeError(error: unknown): SerializedError {
  const { message } = error as Error;
  if (HeronError.is(error)) return { code: error.code, message };
  const primary = Number((error as { readonly errcode?: number }).errcode ?? 0) & 0xff;
  if (primary === 5 || primary === 6)
    return {
      code: "store_busy",
      message: `${path} is already open in another process, or by another store of this process: ${message}. Use one store for each file.`,
    };
  if (primary === 13)
    return {
      code: "store_full",
      message: `The disk of ${path} is full, and nothing was written: ${message}. Free some space.`,
    };
  return { code: "store_unavailable", message: `${path} cannot be used: ${message}.${getHint(primary)}` };
}

/** A hint for the operator. SQLite also reports "disk I/O error" for a file that it may not write. */
function getHint(primary: number): string {
  if (primary === 14) return " Check that its folder exists and that this process may open the file.";
  if (primary === 8 || primary === 10)
    return " Check that this process may write to the file and to its folder.";
  return primary === 26 ? " Choose another path, or remove the file." : "";
}
