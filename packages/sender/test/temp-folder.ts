import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder for the test under way, which goes with it. */
export function createTempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "heron-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
