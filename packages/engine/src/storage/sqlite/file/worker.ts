import { parentPort, workerData } from "node:worker_threads";
import { HeronError } from "@heron-webhooks/core";
import { type Answer, callsOn, type Failure, type Message, type Opened } from "./calls.ts";
import { StoreFile } from "./store-file.ts";

/** The thread that owns the file: the application's event loop never waits for the disk. */

const { path, busyMs, maxPending } = workerData as {
  readonly path: string;
  readonly busyMs: number;
  readonly maxPending: number;
};

/** Who has just heard that the file is taken is not kept waiting for so long once more. */
const BUSY_AGAIN = 1000;

/** So long at a time, so that who closes meanwhile is heard. */
const BUSY_AT_ONCE = 200;

let file: StoreFile | undefined;
let waitMs = busyMs;

whenOpen((failure) => tell(failure ?? { results: [], news: { introduced: [], stored: [] } }));

parentPort?.on("message", (message: Message | "close") => {
  if (message === "close") {
    // It may be waiting for another process.
    if (file === undefined) process.exit();
    file.close();
    parentPort?.close();
    return;
  }
  whenOpen((failure) => tell(failure ?? answer(file as StoreFile, message)));
});

function tell(told: Answer | Opened): void {
  parentPort?.postMessage(told);
}

/** Opens the file, if it is not open: what stood in its way the last time may have gone. */
function whenOpen(then: (failure: Answer | undefined) => void, until: number = Date.now() + waitMs): void {
  try {
    if (file === undefined) {
      file = StoreFile.open(path, Math.max(0, Math.min(BUSY_AT_ONCE, until - Date.now())));
      tell({ prefix: file.prefix, newest: file.newest, news: file.takeNews() });
    }
  } catch (error) {
    const failed = failureOf(error);
    if (failed.code === "store_busy" && Date.now() < until) setImmediate(() => whenOpen(then, until));
    else {
      waitMs = Math.min(busyMs, BUSY_AGAIN);
      then({ failed });
    }
    return;
  }
  then(undefined);
}

function answer(opened: StoreFile, { now: at, calls }: Message): Answer {
  const on = callsOn(opened, at, maxPending);
  try {
    const results = opened.commit(() =>
      calls.map(({ name, args }) => {
        const call = on[name] as (...args: readonly unknown[]) => unknown;
        const value = call(...args);
        return HeronError.is(value) ? { error: failureOf(value) } : { value };
      }),
    );
    return { results, news: opened.takeNews() };
  } catch (error) {
    opened.takeNews();
    return { failed: failureOf(error) };
  }
}

/** What SQLite says, as a code that a caller may branch on. Source: SQLite, "Result and Error Codes". */
function failureOf(error: unknown): Failure {
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
  return { code: "store_unavailable", message: `${path} cannot be used: ${message}.${hintFor(primary)}` };
}

/** What to look at. SQLite says "disk I/O error" of a file that it may not write to, too. */
function hintFor(primary: number): string {
  if (primary === 14)
    return " Its folder must be there, and it must be a file in it that this process may open.";
  if (primary === 8 || primary === 10) return " This process must be able to write to it and to its folder.";
  return primary === 26 ? " Name another file, or take this one away." : "";
}
