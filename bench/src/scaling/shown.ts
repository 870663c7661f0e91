/** Of 1, in percent. */
export function part(number: number): string {
  return `${Math.round(number * 100)} %`;
}

/** A time, as one says it. */
export function seconds(time: number): string {
  if (Number.isNaN(time)) return "";
  if (time < 1) return `${(time * 1000).toFixed(time < 0.1 ? 1 : 0)} ms`;
  return `${time.toFixed(time < 10 ? 1 : 0)} s`;
}
