import { type Browser, chromium } from "playwright-core";
import { chromiumPath } from "../../scripts/chromium.ts";

/** What would make a test wait, or ask somebody else's server. */
const FLAGS = [
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;

/**
 * Starts this machine's Chromium. Its sandbox is off, as Playwright has it: root and many containers cannot have one, and the
 * only pages that it opens are this repository's.
 * @throws Error that says what to do if there is none
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: [...FLAGS], timeout: 120_000 });
}
