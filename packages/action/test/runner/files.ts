/**
 * What a step says by files: GITHUB_OUTPUT, GITHUB_ENV, GITHUB_STATE, GITHUB_PATH and GITHUB_STEP_SUMMARY.
 * @module
 */
import { readFileSync } from "node:fs";
import { splitLines } from "./lines.ts";
import type { StepState } from "./step-state.ts";

export type FileCommand = "path" | "env" | "step_summary" | "state" | "output";

/** In the order in which they are looked at. */
export const fileCommands: readonly FileCommand[] = ["path", "env", "step_summary", "state", "output"];

const longestSummary = 1024 * 1024;

/** What was in the files, unmasked, and the summary as it would be shown. */
export interface FilesRead {
  readonly raw: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Reads the files after a step; one that cannot be processed fails the step and leaves the others be. */
export function processFiles(paths: Readonly<Record<FileCommand, string>>, step: StepState): FilesRead {
  const raw: Record<string, string> = {};
  let summary = "";
  for (const command of fileCommands) {
    const bytes = readIfThere(paths[command]);
    if (bytes === null) continue;
    const text = new TextDecoder().decode(bytes);
    raw[command] = text;
    try {
      if (command === "step_summary") summary = readSummary(text, bytes.length, step);
      else applyFile(command, text, step);
    } catch (error) {
      step.fail(`Unable to process file command '${command}' successfully.`, error);
    }
  }
  return { raw, summary };
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return null;
  }
}

/** Names and values before one that is malformed stay set. */
function applyFile(command: Exclude<FileCommand, "step_summary">, text: string, step: StepState): void {
  if (command === "path") {
    step.paths.push(...splitLines(text).filter((line) => line !== ""));
    return;
  }
  for (const [name, value] of pairsOf(text)) {
    if (command === "output") {
      step.setOutput(name, value);
      step.log.debug(`Set output ${name} = ${value}`);
    } else if (command === "state") {
      step.state.set(name, value);
      step.log.debug(`Save intra-action state ${name} = ${value}`);
    } else if (name.toUpperCase() === "NODE_OPTIONS") {
      step.log.issue("error", "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
    } else {
      step.env.set(name, value);
      step.log.debug(`${name}='${value}'`);
    }
  }
}

/** Masked line by line. One that is too long is not shown, but does not fail the step. */
function readSummary(text: string, bytes: number, step: StepState): string {
  if (bytes > longestSummary) {
    const kibibytes = (count: number): number => Math.floor(count / 1024);
    step.log.issue(
      "error",
      `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${kibibytes(longestSummary)}k, got ${kibibytes(bytes)}k. For more information see: https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-markdown-summary`,
    );
    return "";
  }
  return splitLines(text)
    .map((line) => `${step.masker.mask(line)}\n`)
    .join("");
}

/** `name=value`, or `name<<delimiter`, lines, and the delimiter on a line of its own. */
export function* pairsOf(
  text: string,
  windows: boolean = process.platform === "win32",
): Generator<readonly [name: string, value: string]> {
  let at = 0;
  const next = (): Line | null => {
    if (at >= text.length) return null;
    const found = text.indexOf("\n", at);
    const stop = found < 0 ? text.length : found + 1;
    const whole = text.slice(at, stop);
    at = stop;
    const end = found < 0 ? "" : windows && whole.endsWith("\r\n") ? "\r\n" : "\n";
    return { line: whole.slice(0, whole.length - end.length), end };
  };
  for (let read = next(); read !== null; read = next()) {
    const { line } = read;
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (equals >= 0 && (heredoc < 0 || equals < heredoc))
      yield [line.slice(0, equals), line.slice(equals + 1)];
    else if (heredoc >= 0) {
      const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)];
      if (name === "" || delimiter === "")
        throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`);
      yield [name, valueUntil(delimiter, next)];
    } else throw new Error(`Invalid format '${line}'`);
  }
}

interface Line {
  readonly line: string;
  /** What ended it: nothing at the end of the file. */
  readonly end: string;
}

/** The lines before the delimiter, without the end of the last. */
function valueUntil(delimiter: string, next: () => Line | null): string {
  let value = "";
  let lastEnd = "";
  for (let read = next(); read?.line !== delimiter; read = next()) {
    if (read === null) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
    if (read.end === "") throw new Error("Invalid value. EOF marker missing new line.");
    value += lastEnd + read.line;
    lastEnd = read.end;
  }
  return value;
}
