import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a program did to a file, or said. */
export interface RecordedOperation {
  readonly kind: "wrote" | "truncated" | "removed" | "synced" | "said";
  readonly path: string;
  readonly offset: number;
  readonly bytes: Buffer;
}

export interface Recording {
  readonly entries: readonly RecordedOperation[];
  /** Where the program's files were. */
  readonly folder: string;
}

export interface ProgramOptions {
  /** How often the file is opened and closed. */
  readonly sessions: number;
  readonly events: number;
  /** How long an event is, in bytes. */
  readonly size: number;
  /** Another `synchronous` than the product's own. */
  readonly synchronous?: "off" | "normal" | undefined;
}

const KINDS = { W: "wrote", T: "truncated", R: "removed", S: "synced", P: "said" } as const;
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Compiles the recorder. Gives back what it lacks, in words, if it cannot be had here. */
export function compileRecorder(folder: string): { readonly library: string } | { readonly lacks: string } {
  if (process.platform !== "linux")
    return { lacks: "Linux, since the recorder is preloaded with LD_PRELOAD" };
  const library = join(folder, "recorder.so");
  const { status, error, stderr } = spawnSync(
    process.env["CC"] ?? "cc",
    ["-shared", "-fPIC", "-O1", "-o", library, here("recorder.c"), "-ldl", "-lpthread"],
    { encoding: "utf8" },
  );
  if (error !== undefined) return { lacks: `a C compiler (${error.message}): install gcc, or set CC` };
  return status === 0 ? { library } : { lacks: `a C compiler that can build power/recorder.c: ${stderr}` };
}

/** Runs the program with the recorder in it, and reads what it wrote down. */
export function recordProgram(library: string, home: string, options: ProgramOptions): Recording {
  const folder = join(home, "files");
  mkdirSync(folder, { recursive: true });
  const diary = join(home, "diary");
  const weaken =
    options.synchronous === undefined ? [] : ["--import", new URL("weaken.ts", import.meta.url).href];
  const { sessions, events, size, synchronous = "" } = options;
  const { status, stderr } = spawnSync(
    process.execPath,
    [...weaken, here("program.ts"), join(folder, "heron.db"), ...[sessions, events, size].map(String)],
    {
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      timeout: 120_000,
      env: {
        ...process.env,
        LD_PRELOAD: library,
        HERON_DIARY: diary,
        HERON_DIARY_OF: folder,
        HERON_SYNCHRONOUS: synchronous,
      },
    },
  );
  if (status !== 0) throw new Error(`The program to be recorded failed: ${stderr}`);
  return { entries: [...parseRecording(readFileSync(diary))], folder };
}

function* parseRecording(diary: Buffer): Generator<RecordedOperation> {
  for (let at = 0; at < diary.length; ) {
    const end = diary.indexOf(10, at);
    const [kind = "", offset = "", size = "", ...path] = diary.toString("utf8", at, end).split(" ");
    const next = end + 1 + Number(size);
    yield {
      kind: KINDS[kind as keyof typeof KINDS],
      path: path.join(" "),
      offset: Number(offset),
      bytes: diary.subarray(end + 1, next),
    };
    at = next;
  }
}
