/**
 * Runs a JavaScript action's built file as GitHub's runner 2.336 does, and says what the runner would.
 *
 * Left out: problem matchers (`add-matcher` fails the step), `pre` and `post`, composite and container
 * actions, and opting into commands that are disabled.
 * @module
 */
import { fileURLToPath } from "node:url";
import { isLong } from "@heron-webhooks/conformance/runs";
import { readActionFile } from "./action-file.ts";
import { type ChildEnd, runChild } from "./child.ts";
import { CommandProcessor } from "./command-processor.ts";
import { githubContext, runnerContext, runtimeVariables } from "./contexts.ts";
import { type FilesRead, processFiles } from "./files.ts";
import { inputVariables, resolveInputs } from "./inputs.ts";
import { LineReader } from "./lines.ts";
import { runInReusedProcess } from "./reused-process.ts";
import { StepFolders } from "./step-folders.ts";
import { StepState } from "./step-state.ts";
import type { StepOptions, StepResult } from "./step-types.ts";

export type { StepOptions, StepResult } from "./step-types.ts";

const ownAction = fileURLToPath(new URL("../..", import.meta.url));
const runtimeToken = "harnessRuntimeToken.0123456789abcdef";

/** Runs a step to its end. Rejects only when the action cannot be run at all, or runs too long. */
export async function runStep(options: StepOptions = {}): Promise<StepResult> {
  const { env = {}, event = {}, jobStatus = "success", context = {}, debug = false } = options;
  const action = readActionFile(options.action ?? ownAction);
  const repository = context["repository"]?.split("/").at(-1) ?? "octo-repo";
  using folders = StepFolders.create(repository, options.workspaceFiles ?? {});
  const github = githubContext(context, options.eventName ?? "push", event, folders);
  const runner = runnerContext(folders, debug);
  const contexts = { github, runner, job: { status: jobStatus }, strategy: {}, matrix: {} };
  folders.writeEvent(event);

  const step = new StepState(debug);
  for (const secret of [...(options.secrets ?? []), String(github["token"]), runtimeToken])
    step.masker.addWithLines(secret.trim());
  const inputs = resolveInputs(action, options.with ?? {}, contexts);
  for (const warning of inputs.warnings) step.log.issue("warning", warning);
  announce(step, action.folder, inputs.values, env);

  const own = ownVariables();
  const variables = {
    ...own,
    ...env,
    ...inputVariables(inputs),
    ...runtimeVariables(github, runner, runtimeToken),
  };
  const started = performance.now();
  const ran = await runMain(
    action.main,
    folders.workspace,
    { ...variables, ...options.rawEnv },
    options,
    step,
  );
  const durationMs = performance.now() - started;

  const files = processFiles(folders.files, step);
  if (ran.cancelled) step.log.issue("error", "The operation was canceled.");
  return { ...toStepResult(step, files, ran), durationMs, filesLeft: folders.left() };
}

/** The inputs and env, as the runner prints them before an action can mask anything. */
function announce(
  { log }: StepState,
  folder: string,
  inputs: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string>>,
): void {
  log.output(`##[group]Run ${folder}`);
  if (inputs.size > 0) log.output("with:");
  for (const [name, value] of inputs) if (value !== "") log.output(`  ${name}: ${value}`);
  if (Object.keys(env).length > 0) log.output("env:");
  for (const [name, value] of Object.entries(env)) log.output(`  ${name}: ${value}`);
  log.output("##[endgroup]");
}

/** Of this process's own environment, no more than a process needs to be able to start. */
function ownVariables(): Record<string, string> {
  const names = process.platform === "win32" ? ["Path", "SystemRoot"] : ["PATH"];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""]));
}

async function runMain(
  file: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  options: StepOptions,
  step: StepState,
): Promise<ChildEnd & { readonly rawOutput: string }> {
  const commands = new CommandProcessor(step);
  const take = (line: string): void => {
    options.onLine?.(line);
    commands.line(line);
  };
  const readers = { stdout: new LineReader(take), stderr: new LineReader(take) };
  const chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  const signals = [
    ...(options.signal === undefined ? [] : [options.signal]),
    ...(options.cancelAfter === undefined ? [] : [AbortSignal.timeout(options.cancelAfter)]),
  ];
  const variables = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const how = {
    file,
    cwd,
    env: variables,
    onData(stream: "stdout" | "stderr", chunk: Buffer): void {
      chunks[stream].push(chunk);
      readers[stream].write(chunk);
    },
    signal: AbortSignal.any(signals),
    waits: options.cancelWaits ?? { interrupt: 7500, terminate: 2500 },
    drain: options.drain ?? 5000,
    limit: options.limit ?? 60_000,
  };
  const run = mayReuseProcess(options, variables) ? runInReusedProcess : runChild;
  const end: ChildEnd = await run(how).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "E2BIG") throw error;
    const what = `trying to start process '${process.execPath}' with working directory '${cwd}'`;
    step.log.issue("error", `An error occurred ${what}. Argument list too long`);
    return { exitCode: -1, cancelled: false };
  });
  readers.stdout.end();
  readers.stderr.end();
  if (!end.cancelled) step.log.debug(`Node Action run completed with exit code ${end.exitCode}`);
  return { ...end, rawOutput: Buffer.concat([...chunks.stdout, ...chunks.stderr]).toString() };
}

/** What Node reads when it starts, so that a process which is running already would not notice. */
const READ_AT_START = /^(?:NODE_|SSL_|OPENSSL_|UV_|LD_|DYLD_|TZ$|LANG$|LC_|(?:https?|no)_proxy$)/i;
/** Linux takes 128 KiB for one variable with its name; what comes near it is left to the system to judge. */
const MAX_VARIABLE_LENGTH = 32 * 1024;

/** Whether a step does the same in a process that ran others before. */
function mayReuseProcess(options: StepOptions, env: Readonly<Record<string, string>>): boolean {
  if (options.process !== undefined) return options.process === "reused";
  const { signal, cancelAfter, cancelWaits, drain, limit, onLine } = options;
  const watched = [signal, cancelAfter, cancelWaits, drain, limit, onLine].some(
    (option) => option !== undefined,
  );
  const special = Object.entries(env).some(
    ([name, value]) => READ_AT_START.test(name) || value.length > MAX_VARIABLE_LENGTH,
  );
  return !isLong && !watched && !special;
}

function toStepResult(
  step: StepState,
  files: FilesRead,
  { exitCode, cancelled, rawOutput }: ChildEnd & { readonly rawOutput: string },
): Omit<StepResult, "durationMs" | "filesLeft"> {
  const { log, masker } = step;
  const failed = exitCode !== 0 || step.failed;
  const jobOutputs = [...step.outputs].filter(([, value]) => value !== "" && !masker.holds(value));
  return {
    exitCode,
    conclusion: cancelled ? "cancelled" : failed ? "failure" : "success",
    log: log.lines.join("\n"),
    rawOutput,
    rawFiles: files.raw,
    annotations: log.annotations,
    debug: log.debugged,
    groups: log.groups,
    outputs: Object.fromEntries(step.outputs),
    jobOutputs: Object.fromEntries(jobOutputs),
    state: Object.fromEntries(step.state),
    exportedEnv: Object.fromEntries(step.env),
    addedPaths: step.paths,
    summary: files.summary,
    masks: step.masks,
  };
}
