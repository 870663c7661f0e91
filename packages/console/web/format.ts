export function pluralize(count: number, noun: string): string {
  const plural = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;
}

export function formatDuration(ms: number): string {
  if (ms < 1000) return "1 second";
  if (ms < 90_000) return pluralize(Math.round(ms / 1000), "second");
  if (ms < 5_400_000) return pluralize(Math.round(ms / 60_000), "minute");
  if (ms < 129_600_000) return pluralize(Math.round(ms / 3_600_000), "hour");
  return pluralize(Math.round(ms / 86_400_000), "day");
}
