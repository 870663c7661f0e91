import type { DeliveryProgramOptions } from "./delivery-program.ts";
import type { BenchProgram } from "./program.ts";
import { type MeasuredTarget, startCompetitorProgram } from "./slices.ts";

/** A competitor of a comparison that was started. */
export interface StartedCompetitor {
  readonly key: string;
  readonly name: string;
  /** Null if it cannot take part, for `unavailableReason`. */
  readonly target: MeasuredTarget | null;
  readonly unavailableReason: string;
  /** The minimum of the target ratio; null for none. */
  readonly minRatio: number | null;
  stop(): Promise<void>;
}

/** A competitor to start. */
export interface CompetitorDefinition extends Pick<StartedCompetitor, "key" | "name" | "minRatio"> {
  /** The program of each of its processes. */
  readonly programs: readonly Omit<DeliveryProgramOptions, "path">[];
  /** Prepares the storage, or returns the reason why that is not possible. Default: no storage. */
  readonly prepare?: () => Promise<CompetitorResources | string>;
}

/** The storage of a competitor, and its server if it has one. */
export interface CompetitorResources {
  readonly path: string;
  readonly getHelperCpuSeconds?: () => number | null;
  /** See {@link MeasuredTarget}. */
  readonly warmUp?: () => Promise<void>;
  stop?(): Promise<void>;
}

/** Starts the processes of each competitor. */
export async function startCompetitors(
  entries: readonly CompetitorDefinition[],
): Promise<readonly StartedCompetitor[]> {
  const competitors: StartedCompetitor[] = [];
  try {
    for (const entry of entries) competitors.push(await startCompetitor(entry));
    return competitors;
  } catch (error) {
    await stopCompetitors(competitors);
    throw error;
  }
}

async function startCompetitor({
  key,
  name,
  minRatio,
  programs: definitions,
  prepare,
}: CompetitorDefinition): Promise<StartedCompetitor> {
  const prepared = prepare === undefined ? { path: "" } : await prepare();
  if (typeof prepared === "string")
    return { key, name, minRatio, target: null, unavailableReason: prepared, stop: async () => {} };
  const programs: BenchProgram[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(programs.map((program) => program.stop()));
    await prepared.stop?.();
  };
  try {
    for (const definition of definitions)
      programs.push(await startCompetitorProgram({ ...definition, path: prepared.path }));
  } catch (error) {
    await stop();
    throw error;
  }
  const { getHelperCpuSeconds, warmUp } = prepared;
  return {
    key,
    name,
    minRatio,
    target: { name, programs, getHelperCpuSeconds, warmUp },
    unavailableReason: "",
    stop,
  };
}

export async function stopCompetitors(competitors: readonly StartedCompetitor[]): Promise<void> {
  for (const competitor of competitors) await competitor.stop();
}
