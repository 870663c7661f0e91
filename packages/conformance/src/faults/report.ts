/** Prints a line, or a violation. */
export type ReportLine = (what: string, found: string | number, isViolation?: boolean) => void;

/** Prints a table line by line and counts violations. */
export class Report {
  #violations = 0;

  /** Runs one part. An exception counts as a violation and does not stop the next part. */
  async runPart(title: string, run: (addLine: ReportLine) => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    console.log(`\n${title}`);
    const addLine: ReportLine = (what, found, isViolation = false) => {
      if (isViolation) this.#violations += 1;
      console.log(`  ${isViolation ? "✗" : " "} ${what.padEnd(52)} ${found}`);
    };
    try {
      await run(addLine);
    } catch (error) {
      addLine("failed", error instanceof Error ? (error.stack ?? error.message) : String(error), true);
    }
    addLine("took", `${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  }

  /** Prints the result and returns the exit code. */
  end(): 0 | 1 {
    console.log(this.#violations === 0 ? "\n✓ no violation" : `\n✗ ${this.#violations} violations`);
    return this.#violations === 0 ? 0 : 1;
  }
}
