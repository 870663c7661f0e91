import { setTimeout as after } from "node:timers/promises";

const MB = 1024 * 1024;

/** Resident memory in megabytes, as it is and once garbage has been collected. */
export async function readResident(): Promise<{ readonly found: number; readonly collected: number }> {
  await after(1000);
  const found = process.memoryUsage.rss() / MB;
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await after(200);
  }
  return { found, collected: process.memoryUsage.rss() / MB };
}
