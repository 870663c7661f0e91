import { type Command, commandNames, parseCommand } from "./commands.ts";
import type { Level } from "./step-log.ts";
import type { StepState } from "./step-state.ts";

const deprecated = (name: string): string =>
  `The \`${name}\` command is deprecated and will be disabled soon. Please upgrade to using Environment Files. For more information see: https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/`;
const disabled = (name: string): string =>
  `The \`${name}\` command is disabled. Please upgrade to using Environment Files or opt into unsecure command execution by setting the \`ACTIONS_ALLOW_UNSECURE_COMMANDS\` environment variable to \`true\`. For more information see: https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/`;
const badToken =
  "You cannot use a endToken that is an empty string, the string 'pause-logging', or another workflow command. For more information see: https://docs.github.com/actions/learn-github-actions/workflow-commands-for-github-actions#example-stopping-and-starting-workflow-commands or opt into insecure command execution by setting the `ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS` environment variable to `true`.";

/** These are not printed even when `echo` is on. */
const silent: ReadonlySet<string> = new Set(["add-mask", "debug", "error", "warning", "notice"]);

/** Takes a step's output, both streams of it, line by line: does what is a command, and logs what is not. */
export class CommandProcessor {
  readonly #step: StepState;
  readonly #known = new Set(commandNames);
  #stopToken: string | null = null;
  #echoes = false;
  #broken = false;

  constructor(step: StepState) {
    this.#step = step;
  }

  line(line: string): void {
    if (this.#broken || this.#process(line)) return;
    // Only the runner may write these.
    this.#step.log.output(line.replace(/##\[(?=start-action|end-action)/g, "##[\\"));
  }

  /** Whether the line was a command and needs no printing. */
  #process(line: string): boolean {
    const command = parseCommand(line, this.#known);
    if (command === null) return false;
    const name = command.name.toLowerCase();
    if (this.#stopToken !== null) return this.#resume(name, line);
    if (name === "stop-commands") {
      this.#stop(command.data, line);
      return true;
    }
    if (this.#echoes && !silent.has(name)) this.#step.log.output(line);
    try {
      this.#do(name, command);
    } catch (error) {
      this.#step.fail(`Unable to process command '${silent.has(name) ? name : line}' successfully.`, error);
    }
    return true;
  }

  #do(name: string, { data, properties }: Command): void {
    const { log, state } = this.#step;
    switch (name) {
      case "error":
      case "warning":
      case "notice":
        log.issue(name satisfies Level, data, Object.fromEntries(properties));
        break;
      case "debug":
        log.debug(data);
        break;
      case "group":
        log.group(data);
        break;
      case "endgroup":
        log.endGroup();
        break;
      case "add-mask":
        this.#mask(data);
        break;
      case "echo":
        this.#echo(data);
        break;
      case "set-output":
        log.issue("warning", deprecated(name));
        this.#step.setOutput(required(name, properties), data);
        break;
      case "save-state":
        log.issue("warning", deprecated(name));
        state.set(required(name, properties), data);
        break;
      case "set-env":
      case "add-path":
        throw new Error(disabled(name));
      default:
        throw new Error(`Could not find file '${data}'.`);
    }
  }

  #mask(data: string): void {
    if (data.trim() === "") {
      this.#step.log.issue("warning", "Can't add secret mask for empty string in ##[add-mask] command.");
      return;
    }
    if (this.#echoes) this.#step.log.output("::add-mask::***");
    this.#step.masks.push(data);
    this.#step.masker.addWithLines(data);
  }

  #echo(data: string): void {
    if (data === "") throw new Error("Value cannot be null. (Parameter 'value')");
    const value = data.trim().toLowerCase();
    if (value !== "on" && value !== "off")
      throw new Error(
        `Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '${data}'.`,
      );
    this.#echoes = value === "on";
    this.#step.log.debug(`Setting echo command value to '${value}'`);
  }

  #stop(token: string, line: string): void {
    const name = token.toLowerCase();
    if (name === "" || name === "pause-logging" || this.#known.has(name)) {
      // Uncaught until the step: the step fails, and its output is ignored from here on.
      this.#step.log.issue("error", badToken);
      this.#step.failed = true;
      this.#broken = true;
      return;
    }
    this.#stopToken = name;
    this.#known.add(name);
    if (token.length > 6) this.#step.masker.add(token);
    this.#step.log.output(line);
    this.#step.log.debug(
      "Paused processing commands until the token you called ::stopCommands:: with is received",
    );
  }

  #resume(name: string, line: string): boolean {
    const token = this.#stopToken;
    if (token === null || name !== token) {
      this.#step.log.debug(`Process commands has been stopped and waiting for '##[${token}]' to resume.`);
      return false;
    }
    this.#step.log.output(line);
    this.#step.log.debug("Resume processing commands");
    this.#known.delete(token);
    this.#stopToken = null;
    return true;
  }
}

function required(command: string, properties: ReadonlyMap<string, string>): string {
  const name = properties.get("name");
  if (name === undefined) throw new Error(`Required field 'name' is missing in ##[${command}] command.`);
  return name;
}
