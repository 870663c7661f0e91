/** A terminal, or what stands in for one. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const WIDTH = 24;
/** How often a line is written over, and how often another is written where none can be, in milliseconds. */
const REDRAWN = 100;
const SAID = 5000;
/** Before that nobody knows how fast it goes. */
const FIRST = 1000;

/** How far something has come: on a terminal as a line that is written over, elsewhere as a line now and then. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #total: number;
  readonly #from: number;
  readonly #now: () => number;
  readonly #began: number;
  #shown: number;
  #rows = 0;

  /** `from` is how much of the `total` was done before. */
  constructor(terminal: Terminal, total: number, from: number, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#total = Math.max(1, total);
    this.#from = from;
    this.#now = now;
    this.#began = now();
    this.#shown = this.#began;
  }

  /** So much of the total is done, and so many rows more were moved. */
  update(done: number, rows: number): void {
    this.#rows += rows;
    const now = this.#now();
    if (now - this.#shown < (this.#isLine ? REDRAWN : SAID)) return;
    this.#shown = now;
    const text = this.#textOf(done, now - this.#began);
    this.#terminal.write(this.#isLine ? `\r${fit(text, this.#terminal.columns)}\u001b[K` : `${text}\n`);
  }

  /** Takes the line away, so that others can be written. */
  end(): void {
    if (this.#isLine) this.#terminal.write("\r\u001b[K");
  }

  get #isLine(): boolean {
    return this.#terminal.isTTY === true;
  }

  #textOf(done: number, ms: number): string {
    const part = Math.min(1, done / this.#total);
    const full = Math.round(part * WIDTH);
    const bar = `${"█".repeat(full)}${"░".repeat(WIDTH - full)}`;
    const rate = Math.round((this.#rows * 1000) / Math.max(1, ms));
    const speed = done - this.#from;
    const left = speed <= 0 || ms < FIRST ? "" : `, ${durationOf(((this.#total - done) * ms) / speed)} left`;
    const numbers = `${Math.floor(part * 100)}% (${rate.toLocaleString("en-US")} rows/s${left})`;
    return this.#isLine ? `${bar} ${numbers}` : `Moved ${numbers}`;
  }
}

/** A duration in milliseconds, in words. */
export function durationOf(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Some terminals do not know how wide they are. */
function fit(text: string, columns: number | undefined): string {
  return text.slice(0, (columns || 80) - 1);
}
