/** A terminal, or a replacement in tests. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH_CHARACTERS = 24;
/** How often the line is redrawn on a terminal, and how often a line is printed elsewhere. */
const REDRAW_INTERVAL_MS = 100;
const LINE_INTERVAL_MS = 5000;
/** An estimate before that would be too inaccurate. */
const MIN_ESTIMATE_MS = 1000;

/** Shows progress: on a terminal as a line that is redrawn, elsewhere as a new line every few seconds. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #total: number;
  readonly #initial: number;
  readonly #now: () => number;
  readonly #startedAt: number;
  #lastShownAt: number;
  #rows = 0;

  /** `initial` is how much of `total` was done by earlier runs. */
  constructor(
    terminal: Terminal,
    total: number,
    initial: number,
    now: () => number = () => performance.now(),
  ) {
    this.#terminal = terminal;
    this.#total = Math.max(1, total);
    this.#initial = initial;
    this.#now = now;
    this.#startedAt = now();
    this.#lastShownAt = this.#startedAt;
  }

  /** `done` is the new total; `rows` is how many more rows were copied. */
  update(done: number, rows: number): void {
    this.#rows += rows;
    const now = this.#now();
    if (now - this.#lastShownAt < (this.#isLine ? REDRAW_INTERVAL_MS : LINE_INTERVAL_MS)) return;
    this.#lastShownAt = now;
    const text = this.#format(done, now - this.#startedAt);
    this.#terminal.write(this.#isLine ? `\r${truncate(text, this.#terminal.columns)}\u001b[K` : `${text}\n`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#isLine) this.#terminal.write("\r\u001b[K");
  }

  get #isLine(): boolean {
    return this.#terminal.isTTY === true;
  }

  #format(done: number, ms: number): string {
    const part = Math.min(1, done / this.#total);
    const full = Math.round(part * BAR_WIDTH_CHARACTERS);
    const bar = `${"█".repeat(full)}${"░".repeat(BAR_WIDTH_CHARACTERS - full)}`;
    const rate = Math.round((this.#rows * 1000) / Math.max(1, ms));
    const speed = done - this.#initial;
    const left =
      speed <= 0 || ms < MIN_ESTIMATE_MS
        ? ""
        : `, ${formatDuration(((this.#total - done) * ms) / speed)} left`;
    const numbers = `${Math.floor(part * 100)}% (${rate.toLocaleString("en-US")} rows/s${left})`;
    return this.#isLine ? `${bar} ${numbers}` : `Imported ${numbers}`;
  }
}

export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Some terminals report no width. */
function truncate(text: string, columns: number | undefined): string {
  return text.slice(0, (columns || 80) - 1);
}
