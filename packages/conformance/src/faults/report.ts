/** Puts a line down; a violation, if the third says so. */
export type ReportLine = (what: string, found: string | number, isViolation?: boolean) => void;

/** A table, line by line as it comes about. */
export class Report {
  #violations = 0;

  /** Runs a part; that it throws is a violation, too, and the next part is run all the same. */
  async runPart(title: string, run: (addLine: ReportLine) => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    console.log(`\n${title}`);
    const say: ReportLine = (what, found, isViolation = false) => {
      if (isViolation) this.#violations += 1;
      console.log(`  ${isViolation ? "✗" : " "} ${what.padEnd(52)} ${found}`);
    };
    try {
      await run(say);
    } catch (error) {
      say(
        "it could not be done",
        error instanceof Error ? (error.stack ?? error.message) : String(error),
        true,
      );
    }
    say("took", `${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  }

  /** Says what came of it all, and gives the code to end with. */
  end(): 0 | 1 {
    console.log(this.#violations === 0 ? "\n✓ no violation" : `\n✗ ${this.#violations} violations`);
    return this.#violations === 0 ? 0 : 1;
  }
}
