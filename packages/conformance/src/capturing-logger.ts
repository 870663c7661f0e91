import type { TestLogger } from "./types.ts";

export interface LogLine {
  readonly level: keyof TestLogger;
  readonly details: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Records log lines for a test. */
export class CapturingLogger implements TestLogger {
  readonly lines: LogLine[] = [];

  debug(details: object, message: string): void {
    this.#keep("debug", details, message);
  }

  info(details: object, message: string): void {
    this.#keep("info", details, message);
  }

  warn(details: object, message: string): void {
    this.#keep("warn", details, message);
  }

  error(details: object, message: string): void {
    this.#keep("error", details, message);
  }

  /** All lines as text, errors with their stacks, as in a log file. */
  get text(): string {
    return JSON.stringify(this.lines, (_key, value: unknown) =>
      value instanceof Error
        ? { ...value, message: value.message, stack: value.stack, cause: value.cause }
        : value,
    );
  }

  #keep(level: keyof TestLogger, details: object, message: string): void {
    this.lines.push({ level, details: { ...details }, message });
  }
}
