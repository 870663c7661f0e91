import type { CancelWaits } from "./child.ts";
import type { Given } from "./inputs.ts";
import type { WorkspaceFiles } from "./step-folders.ts";
import type { Annotation, Group } from "./step-log.ts";

export interface StepOptions {
  readonly with?: Given;
  /** The step's and job's `env`, which the log shows. */
  readonly env?: Readonly<Record<string, string>>;
  /** The payload: bytes as they are, anything else as JSON. Default `{}`. */
  readonly event?: unknown;
  /** Default `push`. */
  readonly eventName?: string;
  /** Default `success`. */
  readonly jobStatus?: "success" | "failure" | "cancelled";
  /** Values of repository secrets: masked from the start. */
  readonly secrets?: readonly string[];
  /** The folder with the action.yml. Default, this package. */
  readonly action?: string;
  readonly workspaceFiles?: WorkspaceFiles;
  /** What the `github` context says: repository, ref, sha, actor, run_id and so on. */
  readonly context?: Readonly<Record<string, string>>;
  /** Put into the process's environment last, or taken out of it with undefined. */
  readonly rawEnv?: Readonly<Record<string, string | undefined>>;
  /** Whether step debugging is on. Default false. */
  readonly debug?: boolean;
  /** Cancels the step. */
  readonly signal?: AbortSignal;
  /** Cancels the step after so many milliseconds. */
  readonly cancelAfter?: number;
  /** Default, the runner's: 7.5 s after SIGINT, 2.5 s after SIGTERM. */
  readonly cancelWaits?: CancelWaits;
  /** How long what the action started may hold its streams open. Default, the runner's: 5 s. */
  readonly drain?: number;
  /** After so many milliseconds it is killed and the promise rejected. Default 60 s. */
  readonly limit?: number;
  /** Default: one that ran other steps before, unless the step depends on how its process starts or is ended. */
  readonly process?: "own" | "reused";
  /** Called with each unmasked line, to cancel at a chosen moment. */
  readonly onLine?: (line: string) => void;
}

export interface StepResult {
  readonly exitCode: number;
  readonly conclusion: "success" | "failure" | "cancelled";
  /** What a user sees, as in the log file: masked, with commands as `##[error]…`. */
  readonly log: string;
  /** Standard output and then standard error, unmasked: for nothing but looking for secrets. */
  readonly rawOutput: string;
  /** What the file commands' files held, unmasked, by `output`, `env`, `state`, `path`, `step_summary`. */
  readonly rawFiles: Readonly<Record<string, string>>;
  /** Every file that the step left in the workspace or in a temporary folder. */
  readonly filesLeft: Readonly<Record<string, string>>;
  /** The first ten of each level. */
  readonly annotations: readonly Annotation[];
  /** Whether or not step debugging is on; masked. */
  readonly debug: readonly string[];
  /** Those that the action made. */
  readonly groups: readonly Group[];
  readonly outputs: Readonly<Record<string, string>>;
  /** The outputs that other jobs could get: neither empty nor holding what is masked. */
  readonly jobOutputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly exportedEnv: Readonly<Record<string, string>>;
  readonly addedPaths: readonly string[];
  readonly summary: string;
  /** What the action asked to be masked, in order. */
  readonly masks: readonly string[];
  readonly durationMs: number;
}
