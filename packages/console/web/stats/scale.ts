/** From 0 up, in two to five even steps of round numbers, to `most` or a little more; whole ones alone unless said otherwise. */
export function ticksOf(most: number, isWhole = true): readonly number[] {
  const rough = Math.max(most, isWhole ? 2 : 0.001) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= rough) ?? rough;
  const whole = isWhole ? Math.max(1, step) : step;
  return Array.from({ length: Math.max(2, Math.ceil(most / whole) + 1) }, (_, i) => i * whole);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS: readonly number[] = [
  ...[5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 60].map((n) => n * DAY),
];

/** Round times of the day within a span, at most so many: as the clock on the wall has them, `offset` ms before UTC's. */
export function timesOf(
  { from, to }: { readonly from: number; readonly to: number },
  most: number,
  offset: number,
): { readonly step: number; readonly times: readonly number[] } {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? (to - from) / Math.max(1, most);
  const first = Math.ceil((from - offset) / step) * step + offset;
  const times: number[] = [];
  for (let at = first; at < to; at += step) times.push(at);
  return { step, times };
}

/** A time of day, or the day where times are that far apart. */
export function timeLabel(at: number, step: number): string {
  if (step < DAY) return hourOf(at);
  if (step < 7 * DAY) return dayOf(at);
  return new Date(at).toLocaleDateString("en", { day: "numeric", month: "short" });
}

/** When a bucket of such a width begins, in words. */
export function bucketLabel(at: number, width: number): string {
  return width < DAY ? `${dayOf(at)}, ${hourOf(at)}` : dayOf(at);
}

function dayOf(at: number): string {
  return `${new Date(at).toLocaleDateString("en", { weekday: "short" })} ${new Date(at).getDate()}`;
}

function hourOf(at: number): string {
  return new Date(at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** A latency with its unit. */
export function latencyLabel(ms: number): string {
  if (ms < 1000) return `${Math.round(ms * 10) / 10} ms`;
  return `${(Math.round(ms / 100) / 10).toLocaleString("en")} s`;
}

/** A count that has little room. */
export function countLabel(count: number): string {
  return count < 10_000 ? count.toLocaleString("en") : `${(count / 1000).toLocaleString("en")}k`;
}
