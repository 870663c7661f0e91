import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "../machine.ts";
import type { BenchOptions } from "../options.ts";
import { alternateOrder, getRatio, type Measured, median } from "../ratio.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { bundleScripts } from "./bundle.ts";
import { findPublishedActions } from "./published-actions.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { type ActionCompetitor, type ActionRun, runOnce } from "./run.ts";
import { makeStep, parseDeclaredInputs } from "./runner.ts";
import { benchSizes } from "./sizes.ts";

const ACTION = fileURLToPath(new URL("../../../packages/action/", import.meta.url));
const SECRET = "sec_9KzQ0nZ4pS6vX1yB3dF5gH7jL2mN8qRtUwEoIaCxVbM";
const MAX_TIME_RATIO = 1.3;
/** The valid range of the A/A ratio. Outside of it, the other ratios mean nothing. */
const MAX_AA_DEVIATION = [0.95, 1.05] as const;
const WARM_UP_ROUNDS = 2;

/** Benchmarks the Action from its start to the arrival of its POST, beside scripts and published actions. */
export async function benchAction({ isQuick }: BenchOptions): Promise<void> {
  const main = join(ACTION, "dist/main.js");
  if (!existsSync(main)) {
    console.error(`${main} is missing: build it with pnpm --filter @heron-webhooks/action build`);
    process.exitCode = 1;
    return;
  }
  console.log(`${describeMachine()}${isQuick ? ", quick: a trial run, nothing to judge by" : ""}`);
  const scratch = await mkdtemp(join(tmpdir(), "heron-bench-"));
  const receiver = await startReceiver();
  try {
    const competitors = await prepareCompetitors(scratch, main, receiver);
    const rounds = isQuick ? 4 : 60;
    printResults(competitors, await measureCompetitors(competitors, receiver, rounds), rounds);
    await benchSizes(
      competitors.filter(({ name }) => !name.includes("again")),
      scratch,
    );
  } finally {
    receiver.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Ours, the manual script twice, then the others. */
async function prepareCompetitors(
  scratch: string,
  main: string,
  receiver: Receiver,
): Promise<ActionCompetitor[]> {
  const { byHand, toolkit, empty } = await bundleScripts(scratch);
  const inputs = {
    ...(await parseDeclaredInputs(join(ACTION, "action.yml"))),
    url: receiver.url,
    secret: SECRET,
  };
  const step = await makeStep(join(scratch, "step"), inputs);
  const signing = { step, posts: true, secret: SECRET };
  return [
    { name: "heron", file: main, ...signing },
    { name: "by hand", file: byHand, ...signing },
    { name: "by hand again (A/A)", file: byHand, ...signing },
    { name: "@actions/core and fetch", file: toolkit, ...signing },
    { name: "an empty file, the floor", file: empty, step, posts: false },
    ...(await findPublishedActions(scratch, receiver)),
  ];
}

/** One run of each competitor per round. */
async function measureCompetitors(
  subjects: readonly ActionCompetitor[],
  receiver: Receiver,
  rounds: number,
): Promise<ActionRun[][]> {
  const runs: ActionRun[][] = subjects.map(() => []);
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++)
    for (const index of alternateOrder(subjects.length, round)) {
      const run = await runOnce(subjects[index] as ActionCompetitor, receiver);
      if (round >= WARM_UP_ROUNDS) runs[index]?.push(run);
    }
  return runs;
}

function printResults(
  subjects: readonly ActionCompetitor[],
  runs: readonly (readonly ActionRun[])[],
  rounds: number,
): void {
  const getTimes = (index: number, which: keyof ActionRun): Measured => {
    const times = (runs[index] ?? []).map((run) => run[which]);
    return { name: subjects[index]?.name ?? "", microseconds: median(times) * 1000, rounds: times };
  };
  const same = getRatio(getTimes(2, "delivered"), getTimes(1, "delivered"));
  const trusted = same >= MAX_AA_DEVIATION[0] && same <= MAX_AA_DEVIATION[1];
  const rows = subjects.map(({ name, posts }, index) => {
    const cells = (["delivered", "ended"] as const).flatMap((which) => {
      if (which === "delivered" && !posts) return ["", ""];
      const times = getTimes(index, which);
      return [(times.microseconds / 1000).toFixed(1), getRatio(times, getTimes(1, which)).toFixed(3)];
    });
    if (index > 0) return [name, ...cells, "", ""];
    const ratio = getRatio(getTimes(0, "delivered"), getTimes(1, "delivered"));
    const targetResult = trusted ? formatTargetResult(ratio <= MAX_TIME_RATIO) : "not judged: A/A is off";
    return [name, ...cells, `<= ${MAX_TIME_RATIO}`, targetResult];
  });
  printTable(
    `From the start of the process to the POST that has arrived, and to its end: median of ${rounds} rounds\nthe target is for what has arrived, beside the same by hand`,
    ["", "arrived ms", "x by hand", "ended ms", "x by hand", "target", ""],
    rows,
  );
}
