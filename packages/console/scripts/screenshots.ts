// Takes the pictures of the console that READMEs show, into docs/console: pnpm --filter @heron-webhooks/console screenshots
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "@heron-webhooks/core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { createDemoData, type DemoIds } from "../test/browser/demo-data.ts";
import { TestApplication } from "../test/browser/host.ts";
import { launchChromium } from "../test/browser/launch-chromium.ts";
import { type ReceiverPath, TestReceiver } from "../test/browser/receiver.ts";
import { UI_TEXTS } from "../test/browser/ui-texts.ts";

interface Picture {
  readonly path: (demo: DemoIds) => string;
  /** Brings the page to what is to be seen of it. */
  readonly before?: (page: Page) => Promise<void>;
  /** Default: a desk, in light and dark. */
  readonly on?: "phone";
}

const preview = async (page: Page): Promise<void> => {
  await page.getByRole("figure").waitFor();
};

const matched = async (page: Page): Promise<void> => {
  await page.getByText(/of the last \d+ events/).waitFor();
};

/** A line for each: what the file is called, and what it shows. */
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

/** Of all pictures together, in bytes: they are in the repository for ever. */
const MOST = 600 * 1024;

/** So good that letters stay sharp. */
const QUALITY = 78;

const PLACES: Readonly<Record<ReceiverPath, string>> = {
  "/hooks": "https://books.northwind.example/webhooks",
  "/rows": "https://lake.northwind.example/rows",
  "/slack": "https://hooks.slack.com/services/••••••••",
  "/down": "https://crm.northwind.example/reminders",
};

const taken = new Map<string, Buffer>();
/** When the pictures are taken, by what they show; and for how long the account was in use by then, in milliseconds. */
const NOW = Date.UTC(2026, 10, 20, 14, 30);
const IN_USE = 22 * 3_600_000;
const ROUNDS = 12;

/** The sender's time: it goes on by itself, and by as much as lay between events; at last it is {@link NOW}. */
const time = { ahead: NOW - IN_USE - performance.now(), isOver: false };
const clock: Clock = { ...systemClock, now: () => (time.isOver ? NOW : time.ahead + performance.now()) };
/** Nobody's customers come as regularly as a clock ticks, nor does anybody answer so. */
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
  if (size > MOST) throw new Error(`They may have ${MOST / 1024} KB together: take fewer, or smaller ones.`);
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
      // Whoever asked has gone on to the next page.
    }
  });
  return context;
}

/** The receivers are on this machine: pictures have their addresses as they would be with customers. */
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
  // Playwright has no WebP, which is a third of a PNG here.
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await session.detach();
  taken.set(name, Buffer.from(data, "base64"));
}
