// `pnpm faults`: kills, power cuts and full disks, many more than `npm test` has time for. Prints what it did and
// found, and ends with 1 if anything was violated or could not be done.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRandom, Report } from "@heron-webhooks/conformance/faults";
import { getTestSeed } from "@heron-webhooks/conformance/runs";
import { fullDisks } from "./full-disks.ts";
import { killRounds } from "./kill-rounds.ts";
import { powerCuts } from "./power/power-cuts.ts";

const { values } = parseArgs({
  options: {
    /** How often a sender is killed. */
    kills: { type: "string", default: "100" },
    /** How often the power is cut, roughly. */
    cuts: { type: "string", default: "900" },
    /** For the same moments as in another run. */
    seed: { type: "string", default: String(getTestSeed()) },
  },
});
/** Ten in flight by the webhook's concurrency, and four times as many with unwritten results. */
const MOST_IN_FLIGHT = 50;

const home = mkdtempSync(join(tmpdir(), "heron-faults-"));
const report = new Report();
console.log(`seed ${values.seed}`);
try {
  await report.runPart("SIGKILL while it emits and delivers", async (say) => {
    const random = createRandom(Number(values.seed));
    const { rounds, accepted, lost, corrupt, inFlight, mostInFlight, again, doubled } = await killRounds(
      home,
      Number(values.kills),
      random,
    );
    say("rounds", rounds);
    say("events accepted", accepted);
    say("of these lost", lost, lost > 0);
    say("files not whole", corrupt, corrupt > 0);
    say(
      "in flight at a kill: all, most at once",
      `${inFlight}, ${mostInFlight}`,
      mostInFlight > MOST_IN_FLIGHT,
    );
    say("came again", again);
    say("came again although not in flight", doubled, doubled > 0);
  });
  await powerCuts(report, home, Number(values.cuts), Number(values.seed));
  await fullDisks(report, home);
} finally {
  rmSync(home, { recursive: true, force: true });
}
process.exitCode = report.end();
