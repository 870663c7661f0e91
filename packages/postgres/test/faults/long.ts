// The part of `pnpm faults` for PostgreSQL: several processes over one database, and faults at random. Prints what it did
// and found, and ends with 1 if anything was violated or could not be done.
import { parseArgs } from "node:util";
import { Report, seeded } from "@heron-webhooks/conformance/faults";
import { testSeed } from "@heron-webhooks/conformance/runs";
import { LEASE, SLACK } from "./crew.ts";
import { faultRounds } from "./rounds.ts";

const { values } = parseArgs({
  options: {
    /** How often something is disturbed. */
    rounds: { type: "string", default: "50" },
    /** For the same faults as in another run. */
    seed: { type: "string", default: String(testSeed()) },
  },
});
/** Of everything together, for a round. */
const LONGEST_ROUND_MS = 60_000;

const report = new Report();
console.log(`seed ${values.seed}`);
const rounds = Number(values.rounds);
const timer = setTimeout(
  () => {
    console.log("✗ it took too long");
    process.exit(1);
  },
  LONGEST_ROUND_MS * (rounds + 5),
);
await report.part("PostgreSQL: four processes, and faults at random", async (say) => {
  const found = await faultRounds(rounds, seeded(Number(values.seed)));
  const { accepted, missing, again, doubled, lost, fallen, refused, wrong } = found;
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
  say("came again", again);
  say("came again although nobody had lost it", doubled, doubled > 0);
  const recoveries = [...found.recoveries].sort((one, other) => one - other);
  const longest = recoveries.at(-1) ?? 0;
  const median = recoveries[recoveries.length >> 1] ?? 0;
  say(
    "recovered after: median, longest",
    `${Math.round(median)} ms, ${Math.round(longest)} ms (a lease is ${LEASE} ms)`,
    longest > LEASE + SLACK,
  );
  say("processes that ended by themselves", fallen, fallen > 0);
  for (const what of wrong) say("wrong", what, true);
});
clearTimeout(timer);
process.exitCode = report.end();
