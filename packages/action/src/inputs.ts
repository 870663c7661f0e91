import { getInput } from "@actions/core";
import { HeronError } from "@heron-webhooks/core";

/** The name of an input, as in action.yml. */
export type InputName =
  | "url"
  | "secret"
  | "slack-webhook"
  | "topic"
  | "data"
  | "data-file"
  | "fields"
  | "meta"
  | "message"
  | "template"
  | "template-file"
  | "headers"
  | "status"
  | "on-error"
  | "if-missing"
  | "retries"
  | "timeout"
  | "max-retry-delay"
  | "ca"
  | "client-cert"
  | "client-key"
  | "summary"
  | "dry-run";

/**
 * The defaults of empty inputs: the runner cannot distinguish empty from absent. A test compares these with action.yml.
 */
export const DEFAULTS: Readonly<Partial<Record<InputName, string>>> = {
  "on-error": "fail",
  "if-missing": "fail",
  retries: "4",
  timeout: "10s",
  "max-retry-delay": "60s",
  summary: "true",
  "dry-run": "false",
};

/** The step's inputs as text, `""` if absent. */
export class Inputs {
  getText(name: InputName): string {
    return getInput(name) || DEFAULTS[name] || "";
  }

  /** Its non-empty lines, trimmed. */
  getLines(name: InputName): readonly string[] {
    return this.getAllLines(name).filter((line) => line !== "");
  }

  /** All lines, trimmed. An empty line stands for a missing value; a trailing line break is ignored. */
  getAllLines(name: InputName): readonly string[] {
    return getInput(name, { trimWhitespace: false })
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => line.trim());
  }

  /** @throws HeronError `option_invalid` for any other value */
  getChoice<Choice extends string>(name: InputName, choices: readonly Choice[]): Choice {
    const text = this.getText(name);
    const choice = choices.find((candidate) => candidate === text.toLowerCase());
    if (choice === undefined)
      throw createInputError(name, `must be ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`);
    return choice;
  }
}

/** The error for an invalid input. Never quotes the value: it may be secret. */
export function createInputError(name: InputName, reason: string, cause?: unknown): HeronError {
  return new HeronError("option_invalid", `Input ${name} ${reason}.`, { cause });
}

/** Calls `use` and adds the input's name to the message of any HeronError. */
export function withInputName<T>(name: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!HeronError.is(error)) throw error;
    throw new HeronError(error.code, `Input ${name}: ${error.message}`, { cause: error });
  }
}
