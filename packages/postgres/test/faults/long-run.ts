// The part of `pnpm faults` for PostgreSQL: several processes over one database, and faults at random. Prints what it did
// and found, and ends with 1 if anything was violated or could not be done.
import { parseArgs } from "node:util";
import { Report, createRandom } from "@heron-webhooks/conformance/faults";
import { getTestSeed } from "@heron-webhooks/conformance/runs";
import { LEASE_MS, SLACK_MS } from "./sender-cluster.ts";
import { runFaultRounds } from "./fault-rounds.ts";

const { values } = parseArgs({
  options: {
    /** How often something is disturbed. */
    rounds: { type: "string", default: "50" },
    /** For the same faults as in another run. */
    seed: { type: "string", default: String(getTestSeed()) },
  },
});
/** Of everything together, for a round. */
const MAX_ROUND_MS = 60_000;

const report = new Report();
console.log(`seed ${values.seed}`);
const rounds = Number(values.rounds);
const timer = setTimeout(
  () => {
    console.log("✗ it took too long");
    process.exit(1);
  },
  MAX_ROUND_MS * (rounds + 5),
);
await report.runPart("PostgreSQL: four processes, and faults at random", async (say) => {
  const found = await runFaultRounds(rounds, createRandom(Number(values.seed)));
  const { accepted, missing, repeated, duplicated, lost, crashed, refused, errors } = found;
  const { faults } = found;
  say(
    "rounds",
    Object.entries(faults)
      .map(([fault, times]) => `${times} ${fault}`)
      .join(", "),
  );
  say("events accepted", accepted, accepted === 0);
  say("of these lost", missing, missing > 0);
  say("emits refused", refused);
  say("leases lost, and noticed", lost);
  say("came again", repeated);
  say("came again although nobody had lost it", duplicated, duplicated > 0);
  const recoveries = [...found.recoveries].sort((a, b) => a - b);
  const longest = recoveries.at(-1) ?? 0;
  const median = recoveries[recoveries.length >> 1] ?? 0;
  say(
    "recovered after: median, longest",
    `${Math.round(median)} ms, ${Math.round(longest)} ms (a lease is ${LEASE_MS} ms)`,
    longest > LEASE_MS + SLACK_MS,
  );
  say("processes that ended by themselves", crashed, crashed > 0);
  for (const what of errors) say("wrong", what, true);
});
clearTimeout(timer);
process.exitCode = report.end();
