import { type Browser, chromium } from "playwright-core";
import { chromiumPath } from "../../scripts/chromium.ts";

/** Disables features that delay tests or contact other servers. */
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
 * Starts the installed Chromium. The sandbox is off, which is Playwright's default, because root and many containers cannot
 * use it. Only pages of this repository are opened.
 * @throws Error with instructions if no browser is installed
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: [...FLAGS], timeout: 120_000 });
}
