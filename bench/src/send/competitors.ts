import type { DeliveryProgramOptions } from "./delivery-program.ts";
import type { BenchProgram } from "./program.ts";
import { type MeasuredTarget, startCompetitorProgram } from "./slices.ts";

/** Who takes part in a comparison. */
export interface StartedCompetitor {
  readonly key: string;
  readonly name: string;
  /** Null if it cannot take part, for the reason in `missing`. */
  readonly target: MeasuredTarget | null;
  readonly unavailableReason: string;
  /** The least ratio that is wanted; null if none is. */
  readonly least: number | null;
  stop(): Promise<void>;
}

/** Who is to take part. */
export interface CompetitorDefinition extends Pick<StartedCompetitor, "key" | "name" | "least"> {
  /** What each of its processes runs. */
  readonly programs: readonly Omit<DeliveryProgramOptions, "path">[];
  /** Makes what they keep things in; or says why that cannot be. Default: nothing. */
  readonly prepare?: () => Promise<CompetitorResources | string>;
}

/** Where things are kept, and the server that does it, if there is one. */
export interface CompetitorResources {
  readonly path: string;
  readonly getHelperCpuSeconds?: () => number | null;
  /** See {@link MeasuredTarget}. */
  readonly warmUp?: () => Promise<void>;
  stop?(): Promise<void>;
}

/** Starts each in a process of its own, or in several. */
export async function startCompetitors(
  entries: readonly CompetitorDefinition[],
): Promise<readonly StartedCompetitor[]> {
  const contenders: StartedCompetitor[] = [];
  try {
    for (const entry of entries) contenders.push(await startCompetitor(entry));
    return contenders;
  } catch (error) {
    await stopCompetitors(contenders);
    throw error;
  }
}

async function startCompetitor({
  key,
  name,
  least,
  programs: subjects,
  prepare,
}: CompetitorDefinition): Promise<StartedCompetitor> {
  const prepared = prepare === undefined ? { path: "" } : await prepare();
  if (typeof prepared === "string")
    return { key, name, least, target: null, unavailableReason: prepared, stop: async () => {} };
  const programs: BenchProgram[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(programs.map((program) => program.stop()));
    await prepared.stop?.();
  };
  try {
    for (const subject of subjects)
      programs.push(await startCompetitorProgram({ ...subject, path: prepared.path }));
  } catch (error) {
    await stop();
    throw error;
  }
  const { getHelperCpuSeconds, warmUp } = prepared;
  return {
    key,
    name,
    least,
    target: { name, programs, getHelperCpuSeconds, warmUp },
    unavailableReason: "",
    stop,
  };
}

export async function stopCompetitors(contenders: readonly StartedCompetitor[]): Promise<void> {
  for (const contender of contenders) await contender.stop();
}
