/** So many of something. */
export function many(count: number, what: string): string {
  const all = what.endsWith("y") ? `${what.slice(0, -1)}ies` : `${what}s`;
  return `${count.toLocaleString("en")} ${count === 1 ? what : all}`;
}

/** A time span as people say it. */
export function span(ms: number): string {
  if (ms < 1000) return "a second";
  if (ms < 90_000) return many(Math.round(ms / 1000), "second");
  if (ms < 5_400_000) return many(Math.round(ms / 60_000), "minute");
  if (ms < 129_600_000) return many(Math.round(ms / 3_600_000), "hour");
  return many(Math.round(ms / 86_400_000), "day");
}
