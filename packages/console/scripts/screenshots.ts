// Takes the screenshots for the READMEs, into docs/console: pnpm --filter @heron-webhooks/console screenshots
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@heron-webhooks/core";
import { systemClock } from "@heron-webhooks/core/internal";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { createDemoData, type DemoIds } from "../test/browser/demo-data.ts";
import { TestApplication } from "../test/browser/host.ts";
import { launchChromium } from "../test/browser/launch-chromium.ts";
import { type ReceiverPath, TestReceiver } from "../test/browser/receiver.ts";
import { UI_TEXTS } from "../test/browser/ui-texts.ts";

interface Picture {
  readonly path: (demo: DemoIds) => string;
  /** Prepares the page. */
  readonly before?: (page: Page) => Promise<void>;
  /** Default: desktop, in light and dark mode. */
  readonly on?: "phone";
}

const preview = async (page: Page): Promise<void> => {
  await page.getByRole("figure").waitFor();
};

const matched = async (page: Page): Promise<void> => {
  await page.getByText(/of the last \d+ events/).waitFor();
};

/** Screenshots by file name. */
const PICTURES: Readonly<Record<string, Picture>> = {
  overview: { path: () => "" },
  webhook: { path: ({ webhook }) => `webhooks/${webhook}` },
  slack: { path: ({ slack }) => `webhooks/${slack}/edit`, before: preview },
  deliveries: { path: () => "deliveries" },
  delivery: { path: ({ dead }) => `deliveries/${dead}` },
  labels: { path: () => "labels/big_invoice", before: matched },
  phone: { path: () => "deliveries", on: "phone" },
};

const SIZES = {
  desk: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
  phone: { viewport: { width: 390, height: 780 }, deviceScaleFactor: 1 },
} as const;

/** Limit for all pictures together, since they stay in the repository. */
const MAX_TOTAL_BYTES = 600 * 1024;

/** High enough for sharp text. */
const QUALITY = 78;

const PLACES: Readonly<Record<ReceiverPath, string>> = {
  "/hooks": "https://books.northwind.example/webhooks",
  "/rows": "https://lake.northwind.example/rows",
  "/slack": "https://hooks.slack.com/services/••••••••",
  "/down": "https://crm.northwind.example/reminders",
};

const taken = new Map<string, Buffer>();
/** The time that the pictures show, and how long the account has been in use. */
const NOW = Date.UTC(2026, 10, 20, 14, 30);
const IN_USE = 22 * 3_600_000;
const ROUNDS = 12;

/** The sender's clock runs in real time and jumps between events. It ends at {@link NOW}. */
const time = { ahead: NOW - IN_USE - performance.now(), isOver: false };
const clock: Clock = { ...systemClock, now: () => (time.isOver ? NOW : time.ahead + performance.now()) };
/** Varies the time between events and the response times. */
let events = 0;
let answers = 0;
const pass = (): void => {
  const left = NOW - clock.now();
  const share = 1 / Math.max(2, (ROUNDS + 1) * 7 - events);
  time.ahead += left * share * (1 + 0.8 * Math.sin(events++ / 5));
};

const [host, receiver, browser] = [
  await TestApplication.open({ clock }),
  await TestReceiver.open(),
  await launchChromium(),
];
try {
  receiver.getDelayMs = () => 25 + 20 * Math.abs(Math.sin(++answers)) + (answers % 11 === 0 ? 90 : 0);
  const demo = await createDemoData(host, receiver, { invoiceRounds: ROUNDS, afterEvent: pass });
  time.isOver = true;
  for (const on of ["desk", "phone"] as const)
    for (const colorScheme of on === "desk" ? (["light", "dark"] as const) : (["light"] as const)) {
      const context = await signedIn(browser, { ...SIZES[on], colorScheme });
      const page = await context.newPage();
      await page.goto(host.link("northwind"));
      for (const [name, picture] of Object.entries(PICTURES))
        if ((picture.on ?? "desk") === on)
          await take(page, demo, picture, on === "desk" ? `${name}-${colorScheme}` : name);
      await context.close();
    }
} finally {
  await browser.close();
  await host.close();
  await receiver.close();
}
written(join(import.meta.dirname, "../../../docs/console"));

function written(folder: string): void {
  const size = [...taken.values()].reduce((sum, { length }) => sum + length, 0);
  console.log(`${taken.size} pictures, ${Math.round(size / 1024)} KB`);
  if (size > MAX_TOTAL_BYTES)
    throw new Error(`The limit is ${MAX_TOTAL_BYTES / 1024} KB in total: take fewer or smaller pictures.`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of taken) writeFileSync(join(folder, `${name}.webp`), bytes);
}

async function signedIn(
  from: Browser,
  options: Parameters<Browser["newContext"]>[0],
): Promise<BrowserContext> {
  const context = await from.newContext({
    ...options,
    reducedMotion: "reduce",
    locale: "en",
    timezoneId: "UTC",
  });
  await context.clock.setFixedTime(NOW);
  await context.route("**/api/**", async (route) => {
    if (route.request().url().endsWith("/events")) return await route.continue();
    try {
      const response = await route.fetch();
      await route.fulfill({ response, body: published(await response.text()) });
    } catch {
      // The page was closed during the request.
    }
  });
  return context;
}

/** Replaces loopback addresses by customer URLs. */
function published(text: string): string {
  const places = Object.entries(PLACES) as [ReceiverPath, string][];
  return places.reduce((shown, [path, place]) => shown.replaceAll(receiver.at(path), place), text);
}

async function take(page: Page, demo: DemoIds, { path, before }: Picture, name: string): Promise<void> {
  await page.goto(host.url + path(demo));
  await page.getByRole("main").getByRole("heading", { level: 1 }).first().waitFor();
  await page.getByRole("status").filter({ hasText: UI_TEXTS.live }).waitFor();
  while ((await page.locator("[aria-busy=true]").count()) > 0) await page.waitForTimeout(50);
  await before?.(page);
  // WebP needs a third of the bytes of PNG, but Playwright cannot produce it.
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await session.detach();
  taken.set(name, Buffer.from(data, "base64"));
}
