import type { Program } from "./program.ts";
import { type Started, startSubject } from "./slices.ts";
import type { SubjectOptions } from "./subject.ts";

/** Who takes part in a comparison. */
export interface Contender {
  readonly key: string;
  readonly name: string;
  /** Null if it cannot take part, for the reason in `missing`. */
  readonly started: Started | null;
  readonly missing: string;
  /** The least ratio that is wanted; null if none is. */
  readonly least: number | null;
  stop(): Promise<void>;
}

/** Who is to take part. */
export interface Entry extends Pick<Contender, "key" | "name" | "least"> {
  /** What each of its processes runs. */
  readonly subjects: readonly Omit<SubjectOptions, "path">[];
  /** Makes what they keep things in; or says why that cannot be. Default: nothing. */
  readonly prepare?: () => Promise<Prepared | string>;
}

/** Where things are kept, and the server that does it, if there is one. */
export interface Prepared {
  readonly path: string;
  readonly helperSeconds?: () => number | null;
  /** See {@link Started}. */
  readonly leadIn?: () => Promise<void>;
  stop?(): Promise<void>;
}

/** Starts each in a process of its own, or in several. */
export async function startContenders(entries: readonly Entry[]): Promise<readonly Contender[]> {
  const contenders: Contender[] = [];
  try {
    for (const entry of entries) contenders.push(await start(entry));
    return contenders;
  } catch (error) {
    await stopContenders(contenders);
    throw error;
  }
}

async function start({ key, name, least, subjects, prepare }: Entry): Promise<Contender> {
  const prepared = prepare === undefined ? { path: "" } : await prepare();
  if (typeof prepared === "string")
    return { key, name, least, started: null, missing: prepared, stop: async () => {} };
  const programs: Program[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(programs.map((program) => program.stop()));
    await prepared.stop?.();
  };
  try {
    for (const subject of subjects) programs.push(await startSubject({ ...subject, path: prepared.path }));
  } catch (error) {
    await stop();
    throw error;
  }
  const { helperSeconds, leadIn } = prepared;
  return { key, name, least, started: { name, programs, helperSeconds, leadIn }, missing: "", stop };
}

export async function stopContenders(contenders: readonly Contender[]): Promise<void> {
  for (const contender of contenders) await contender.stop();
}
