import { Masker } from "./masking.ts";
import { StepLog } from "./step-log.ts";

/** What a step has brought about so far, by commands and by files. */
export class StepState {
  readonly masker: Masker = new Masker();
  readonly log: StepLog;
  /** What the step itself asked to be masked, in order. */
  readonly masks: string[] = [];
  readonly outputs: Map<string, string> = new Map();
  readonly state: Map<string, string> = new Map();
  readonly env: Map<string, string> = new Map();
  readonly paths: string[] = [];
  /** A command or file that could not be processed fails the step, whatever its process exits with. */
  failed = false;

  constructor(showsDebug: boolean) {
    this.log = new StepLog(this.masker, showsDebug);
  }

  /** Names of outputs are the same in any case. */
  setOutput(name: string, value: string): void {
    if (name === "") throw new Error("Value cannot be null. (Parameter 'name')");
    const same = [...this.outputs.keys()].find((key) => key.toUpperCase() === name.toUpperCase());
    this.outputs.set(same ?? name, value);
  }

  fail(what: string, error: unknown): void {
    this.log.issue("error", what);
    this.log.issue("error", error instanceof Error ? error.message : String(error));
    this.failed = true;
  }
}
