import type { Masker } from "./masking.ts";

export type Level = "error" | "warning" | "notice";

export interface Annotation {
  readonly level: Level;
  /** Masked, then cut at 4096 characters. */
  readonly message: string;
  /** As it came: the runner masks an annotation's message, but not what goes with it. */
  readonly title?: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface Group {
  readonly title: string;
  readonly lines: readonly string[];
}

const longestMessage = 4096;
const mostOfALevel = 10;

/** A step's log, as the downloaded log file shows it but for the times: masked, commands as `##[error]…`. */
export class StepLog {
  readonly lines: string[] = [];
  readonly annotations: Annotation[] = [];
  readonly debugged: string[] = [];
  readonly groups: Group[] = [];
  readonly #masker: Masker;
  readonly #showsDebug: boolean;
  #inGroup: string[] | null = null;

  constructor(masker: Masker, showsDebug: boolean) {
    this.#masker = masker;
    this.#showsDebug = showsDebug;
  }

  output(message: string): void {
    const masked = this.#masker.mask(message);
    this.lines.push(masked);
    this.#inGroup?.push(masked);
  }

  /** Starts a group, and ends the one before: they do not nest. */
  group(title: string): void {
    this.#inGroup = null;
    this.output(`##[group]${title}`);
    this.#inGroup = [];
    this.groups.push({ title: this.#masker.mask(title), lines: this.#inGroup });
  }

  endGroup(): void {
    this.#inGroup = null;
    this.output("##[endgroup]");
  }

  /** All are in the log; only the first ten of a level become annotations. */
  issue(level: Level, message: string, properties: Readonly<Record<string, string>> = {}): void {
    const cut = this.#masker.mask(message).slice(0, longestMessage);
    const { title } = properties;
    if (this.annotations.filter((annotation) => annotation.level === level).length < mostOfALevel)
      this.annotations.push({ level, message: cut, ...(title === undefined ? {} : { title }), properties });
    if (cut !== "") this.output(`##[${level}]${cut}`);
  }

  /** Kept in any case; in the log only where step debugging is on. */
  debug(message: string): void {
    for (const line of message.replaceAll("\r\n", "\n").split("\n")) {
      this.debugged.push(this.#masker.mask(line));
      if (this.#showsDebug) this.output(`##[debug]${line}`);
    }
  }
}
