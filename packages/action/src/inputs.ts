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
 * What an input is when it is empty, where it is then something else; the runner cannot tell empty from absent. A test
 * holds this to action.yml.
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

/** The step's inputs as text, `""` where there is nothing. */
export class Inputs {
  getText(name: InputName): string {
    return getInput(name) || DEFAULTS[name] || "";
  }

  /** The lines of it that hold something, each trimmed. */
  getLines(name: InputName): readonly string[] {
    return this.getAllLines(name).filter((line) => line !== "");
  }

  /** All of its lines, each trimmed: one that is empty stands for what is missing, but for one at the end. */
  getAllLines(name: InputName): readonly string[] {
    return getInput(name, { trimWhitespace: false })
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => line.trim());
  }

  /** @throws HeronError `option_invalid` unless it is one of these words */
  getChoice<Choice extends string>(name: InputName, choices: readonly Choice[]): Choice {
    const text = this.getText(name);
    const choice = choices.find((candidate) => candidate === text.toLowerCase());
    if (choice === undefined)
      throw createInputError(name, `must be ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`);
    return choice;
  }
}

/** An input that cannot be used. What it holds is not quoted: it may be secret. */
export function createInputError(name: InputName, reason: string, cause?: unknown): HeronError {
  return new HeronError("option_invalid", `Input ${name} ${reason}.`, { cause });
}

/** Uses an input. What the toolkit finds at fault in it is then said to be of this input. */
export function withInputName<T>(name: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!HeronError.is(error)) throw error;
    throw new HeronError(error.code, `Input ${name}: ${error.message}`, { cause: error });
  }
}
