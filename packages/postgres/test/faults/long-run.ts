// The PostgreSQL part of `pnpm faults`: several processes on one database, with random faults. Exits with 1 after a
// violation or an error.
import { parseArgs } from "node:util";
import { createRandom, Report } from "@heron-webhooks/conformance/faults";
import { getTestSeed } from "@heron-webhooks/conformance/runs";
import { runFaultRounds } from "./fault-rounds.ts";
import { LEASE_MS, SLACK_MS } from "./sender-cluster.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "50" },
    /** The seed of another run repeats its faults. */
    seed: { type: "string", default: String(getTestSeed()) },
  },
});
const MAX_ROUND_MS = 60_000;

const report = new Report();
console.log(`seed ${values.seed}`);
const rounds = Number(values.rounds);
const timer = setTimeout(
  () => {
    console.log("✗ timed out");
    process.exit(1);
  },
  MAX_ROUND_MS * (rounds + 5),
);
await report.runPart("PostgreSQL: four processes, random faults", async (addLine) => {
  const found = await runFaultRounds(rounds, createRandom(Number(values.seed)));
  const { accepted, missing, repeated, duplicated, lost, crashed, rejected, errors } = found;
  const { faults } = found;
  addLine(
    "rounds",
    Object.entries(faults)
      .map(([fault, times]) => `${times} ${fault}`)
      .join(", "),
  );
  addLine("events accepted", accepted, accepted === 0);
  addLine("of these lost", missing, missing > 0);
  addLine("emits rejected", rejected);
  addLine("leases lost", lost);
  addLine("delivered again", repeated);
  addLine("delivered again without a lost lease", duplicated, duplicated > 0);
  const recoveries = [...found.recoveries].sort((a, b) => a - b);
  const longest = recoveries.at(-1) ?? 0;
  const median = recoveries[recoveries.length >> 1] ?? 0;
  addLine(
    "recovered after: median, longest",
    `${Math.round(median)} ms, ${Math.round(longest)} ms (a lease is ${LEASE_MS} ms)`,
    longest > LEASE_MS + SLACK_MS,
  );
  addLine("processes that crashed", crashed, crashed > 0);
  for (const what of errors) addLine("error", what, true);
});
clearTimeout(timer);
process.exitCode = report.end();
