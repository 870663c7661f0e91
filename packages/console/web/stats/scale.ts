/** Two to five ticks of round numbers from 0 to at least `max`. */
export function toTicks(max: number, isWhole = true): readonly number[] {
  const minStep = Math.max(max, isWhole ? 2 : 0.001) / 4;
  const power = 10 ** Math.floor(Math.log10(minStep));
  const step = [1, 2, 5, 10].map((n) => n * power).find((candidate) => candidate >= minStep) ?? minStep;
  const integerStep = isWhole ? Math.max(1, step) : step;
  return Array.from({ length: Math.max(2, Math.ceil(max / integerStep) + 1) }, (_, i) => i * integerStep);
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TIME_STEPS_MS: readonly number[] = [
  ...[5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 7, 14, 30, 60].map((n) => n * DAY_MS),
];

/** Round local times within a range, at most `maxTicks`. `offset` is the local time's distance from UTC in milliseconds. */
export function toTimeTicks(
  { from, to }: { readonly from: number; readonly to: number },
  maxTicks: number,
  offset: number,
): { readonly step: number; readonly times: readonly number[] } {
  const step =
    TIME_STEPS_MS.find((candidate) => (to - from) / candidate <= maxTicks) ??
    (to - from) / Math.max(1, maxTicks);
  const first = Math.ceil((from - offset) / step) * step + offset;
  const times: number[] = [];
  for (let at = first; at < to; at += step) times.push(at);
  return { step, times };
}

/** A time of day, or a day if the step is that long. */
export function formatTimeTick(at: number, step: number): string {
  if (step < DAY_MS) return formatHour(at);
  if (step < 7 * DAY_MS) return formatDay(at);
  return new Date(at).toLocaleDateString("en", { day: "numeric", month: "short" });
}

/** The start of a bucket. */
export function formatBucket(at: number, bucketMs: number): string {
  return bucketMs < DAY_MS ? `${formatDay(at)}, ${formatHour(at)}` : formatDay(at);
}

function formatDay(at: number): string {
  return `${new Date(at).toLocaleDateString("en", { weekday: "short" })} ${new Date(at).getDate()}`;
}

function formatHour(at: number): string {
  return new Date(at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export function formatLatency(ms: number): string {
  if (ms < 1000) return `${Math.round(ms * 10) / 10} ms`;
  return `${(Math.round(ms / 100) / 10).toLocaleString("en")} s`;
}

/** A short form of a count. */
export function formatCount(count: number): string {
  return count < 10_000 ? count.toLocaleString("en") : `${(count / 1000).toLocaleString("en")}k`;
}
