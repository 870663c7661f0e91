import { parentPort, workerData } from "node:worker_threads";
import { HeronError } from "@heron-webhooks/core";
import { type ThreadResponse, createCalls, type SerializedError, type CallBatch, type OpenedMessage } from "./calls.ts";
import { StoreFile } from "./store-file.ts";

/** The thread that owns the file: the application's event loop never waits for the disk. */

const { path, busyTimeoutMs, maxPending } = workerData as {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly maxPending: number;
};

/** Who has just heard that the file is taken is not kept waiting for so long once more. */
const BUSY_RETRY_MS = 1000;

/** So long at a time, so that who closes meanwhile is heard. */
const BUSY_STEP_MS = 200;

let file: StoreFile | undefined;
let currentTimeoutMs = busyTimeoutMs;

withOpenFile((failure) => postToParent(failure ?? { results: [], update: { registered: [], stored: [] } }));

parentPort?.on("message", (message: CallBatch | "close") => {
  if (message === "close") {
    // It may be waiting for another process.
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

/** Opens the file, if it is not open: what stood in its way the last time may have gone. */
function withOpenFile(then: (failure: ThreadResponse | undefined) => void, until: number = Date.now() + currentTimeoutMs): void {
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

/** What SQLite says, as a code that a caller may branch on. Source: SQLite, "Result and Error Codes". */
function serializeError(error: unknown): SerializedError {
  const { message } = error as Error;
  if (HeronError.is(error)) return { code: error.code, message };
  const primary = Number((error as { readonly errcode?: number }).errcode ?? 0) & 0xff;
  if (primary === 5 || primary === 6)
    return {
      code: "store_busy",
      message: `${path} is open already, in another process or by another store of this one, and one file is for one: ${message}.`,
    };
  if (primary === 13)
    return {
      code: "store_full",
      message: `There is no room left for ${path}, and nothing of this was kept: ${message}.`,
    };
  return { code: "store_unavailable", message: `${path} cannot be used: ${message}.${getHint(primary)}` };
}

/** What to look at. SQLite says "disk I/O error" of a file that it may not write to, too. */
function getHint(primary: number): string {
  if (primary === 14)
    return " Its folder must be there, and it must be a file in it that this process may open.";
  if (primary === 8 || primary === 10) return " This process must be able to write to it and to its folder.";
  return primary === 26 ? " Name another file, or take this one away." : "";
}
