import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type Report } from "@heron-webhooks/conformance/faults";
import { simulatePowerCuts } from "./cuts.ts";
import { compileRecorder, type ProgramOptions, recordProgram } from "./recorder.ts";

interface Part {
  readonly title: string;
  readonly program: ProgramOptions;
  /** Of all cuts, which part. */
  readonly share: number;
}

/** Small events, with the file closed and opened; and so many large ones that SQLite empties its log in between. */
const SMALL = { sessions: 4, events: 60, size: 100 };
const LARGE = { sessions: 1, events: 100, size: 200_000 };
const PARTS: readonly Part[] = [
  { title: "Power cuts, small events, file closed and opened", program: SMALL, share: 0.7 },
  { title: "Power cuts, log written back meanwhile", program: LARGE, share: 0.14 },
  {
    title: "Power cuts, synchronous = normal: must lose",
    program: { ...SMALL, synchronous: "normal" },
    share: 0.08,
  },
  {
    title: "Power cuts, synchronous = off: must lose",
    program: { ...SMALL, synchronous: "off" },
    share: 0.08,
  },
];

/** Cuts the power; with less than the product's own `synchronous` something must be lost, or the cuts prove nothing. */
export async function powerCuts(report: Report, home: string, cuts: number, seed: number): Promise<void> {
  const recorder = compileRecorder(home);
  for (const { title, program, share } of PARTS)
    await report.runPart(title, async (say) => {
      if ("lacks" in recorder) {
        say("not done, for it needs", recorder.lacks, true);
        return;
      }
      const folder = mkdtempSync(join(home, "power-"));
      const recording = recordProgram(recorder.library, folder, program);
      const found = await simulatePowerCuts(recording, folder, Math.ceil(cuts * share), createRandom(seed));
      const mustLose = program.synchronous !== undefined;
      say("recorded: writes and the like, syncs, lines", `${found.entries}, ${found.syncs}, ${found.said}`);
      say("cuts", found.cuts);
      say("after which something acknowledged was lost", found.losing, found.losing > 0 !== mustLose);
      say("after which the file was not whole", found.corrupt, found.corrupt > 0 && !mustLose);
      if (found.first !== null) say("the first", found.first);
    });
}
