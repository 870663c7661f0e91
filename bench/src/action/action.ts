import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { machine } from "../machine.ts";
import type { BenchOptions } from "../options.ts";
import { type Measured, median, ratioOf, turnedAbout } from "../ratio.ts";
import { printTable, verdict } from "../table.ts";
import { bundleScripts } from "./bundle.ts";
import { publishedActions } from "./published.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { type ActionSubject, type Run, runOnce } from "./run.ts";
import { declaredInputs, makeStep } from "./runner.ts";
import { benchSizes } from "./sizes.ts";

const ACTION = fileURLToPath(new URL("../../../packages/action/", import.meta.url));
const SECRET = "sec_9KzQ0nZ4pS6vX1yB3dF5gH7jL2mN8qRtUwEoIaCxVbM";
const MOST_TIMES = 1.3;
/** Outside of these, two runs of one script differ too much for the rest to mean anything. */
const TRUSTED = [0.95, 1.05] as const;
const WARM_UP_ROUNDS = 2;

/** The Action from its start to the POST that arrived, next to scripts that do the same and to what others publish. */
export async function action({ quick }: BenchOptions): Promise<void> {
  const main = join(ACTION, "dist/main.js");
  if (!existsSync(main)) {
    console.error(`${main} is missing: build it with pnpm --filter @heron-webhooks/action build`);
    process.exitCode = 1;
    return;
  }
  console.log(`${machine()}${quick ? ", quick: a trial run, nothing to judge by" : ""}`);
  const scratch = await mkdtemp(join(tmpdir(), "heron-bench-"));
  const receiver = await startReceiver();
  try {
    const subjects = await subjectsIn(scratch, main, receiver);
    const rounds = quick ? 4 : 60;
    print(subjects, await measure(subjects, receiver, rounds), rounds);
    await benchSizes(
      subjects.filter(({ name }) => !name.includes("again")),
      scratch,
    );
  } finally {
    receiver.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Ours, then by hand twice, then the rest. */
async function subjectsIn(scratch: string, main: string, receiver: Receiver): Promise<ActionSubject[]> {
  const { byHand, toolkit, empty } = await bundleScripts(scratch);
  const inputs = { ...(await declaredInputs(join(ACTION, "action.yml"))), url: receiver.url, secret: SECRET };
  const step = await makeStep(join(scratch, "step"), inputs);
  const signing = { step, posts: true, secret: SECRET };
  return [
    { name: "heron", file: main, ...signing },
    { name: "by hand", file: byHand, ...signing },
    { name: "by hand again (A/A)", file: byHand, ...signing },
    { name: "@actions/core and fetch", file: toolkit, ...signing },
    { name: "an empty file, the floor", file: empty, step, posts: false },
    ...(await publishedActions(scratch, receiver)),
  ];
}

/** Of each subject a run in every round. */
async function measure(
  subjects: readonly ActionSubject[],
  receiver: Receiver,
  rounds: number,
): Promise<Run[][]> {
  const runs: Run[][] = subjects.map(() => []);
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++)
    for (const index of turnedAbout(subjects.length, round)) {
      const run = await runOnce(subjects[index] as ActionSubject, receiver);
      if (round >= WARM_UP_ROUNDS) runs[index]?.push(run);
    }
  return runs;
}

function print(subjects: readonly ActionSubject[], runs: readonly (readonly Run[])[], rounds: number): void {
  const timesOf = (index: number, which: keyof Run): Measured => {
    const times = (runs[index] ?? []).map((run) => run[which]);
    return { name: subjects[index]?.name ?? "", microseconds: median(times) * 1000, rounds: times };
  };
  const same = ratioOf(timesOf(2, "delivered"), timesOf(1, "delivered"));
  const trusted = same >= TRUSTED[0] && same <= TRUSTED[1];
  const rows = subjects.map(({ name, posts }, index) => {
    const cells = (["delivered", "ended"] as const).flatMap((which) => {
      if (which === "delivered" && !posts) return ["", ""];
      const one = timesOf(index, which);
      return [(one.microseconds / 1000).toFixed(1), ratioOf(one, timesOf(1, which)).toFixed(3)];
    });
    if (index > 0) return [name, ...cells, "", ""];
    const ratio = ratioOf(timesOf(0, "delivered"), timesOf(1, "delivered"));
    const judged = trusted ? verdict(ratio <= MOST_TIMES) : "not judged: A/A is off";
    return [name, ...cells, `<= ${MOST_TIMES}`, judged];
  });
  printTable(
    `From the start of the process to the POST that has arrived, and to its end: median of ${rounds} rounds\nthe target is for what has arrived, beside the same by hand`,
    ["", "arrived ms", "x by hand", "ended ms", "x by hand", "target", ""],
    rows,
  );
}
