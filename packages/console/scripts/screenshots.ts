// Takes the pictures of the console that READMEs show, into docs/console: pnpm --filter @heron-webhooks/console screenshots
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Demo, demonstrated } from "../test/browser/demo.ts";
import { Host } from "../test/browser/host.ts";
import { launched } from "../test/browser/launched.ts";
import { Receiver, type ReceiverPath } from "../test/browser/receiver.ts";
import { WORDS } from "../test/browser/words.ts";

interface Picture {
  readonly path: (demo: Demo) => string;
  /** Brings the page to what is to be seen of it. */
  readonly before?: (page: Page) => Promise<void>;
  /** Default: a desk, in light and dark. */
  readonly on?: "phone";
}

const preview = async (page: Page): Promise<void> => {
  await page.getByRole("figure").waitFor();
};

/** A line for each: what the file is called, and what it shows. */
const PICTURES: Readonly<Record<string, Picture>> = {
  webhooks: { path: () => "webhooks" },
  webhook: { path: ({ webhook }) => `webhooks/${webhook}` },
  slack: { path: ({ slack }) => `webhooks/${slack}/edit`, before: preview },
  deliveries: { path: () => "deliveries" },
  delivery: { path: ({ dead }) => `deliveries/${dead}` },
  phone: { path: () => "deliveries", on: "phone" },
};

const SIZES = {
  desk: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
  phone: { viewport: { width: 390, height: 780 }, deviceScaleFactor: 1 },
} as const;

/** Of all pictures together, in bytes: they are in the repository for ever. */
const MOST = 600 * 1024;

/** So good that letters stay sharp. */
const QUALITY = 85;

const PLACES: Readonly<Record<ReceiverPath, string>> = {
  "/hooks": "https://books.northwind.example/webhooks",
  "/rows": "https://lake.northwind.example/rows",
  "/slack": "https://hooks.slack.com/services/••••••••",
  "/down": "https://crm.northwind.example/reminders",
};

const taken = new Map<string, Buffer>();
/** When the pictures are taken, by what they show; and how long the account has been in use by then, in milliseconds. */
const NOW = Date.UTC(2026, 10, 20, 14, 30);
const IN_USE = 5 * 3_600_000;

const [host, receiver, browser] = [await Host.open(), await Receiver.open(), await launched()];
const began = Date.now();
let ended = began;
try {
  const demo = await demonstrated(host, receiver);
  ended = Date.now();
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

/** The receivers are on this machine, and all happened within seconds: pictures have it as it would be with customers. */
function published(text: string): string {
  const times = text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+Z|\+00:00)/g, (time) => {
    const ago = ((ended - Date.parse(time)) * IN_USE) / (ended - began);
    return new Date(NOW - Math.max(0, ago)).toISOString();
  });
  const places = Object.entries(PLACES) as [ReceiverPath, string][];
  return places.reduce((shown, [path, place]) => shown.replaceAll(receiver.at(path), place), times);
}

async function take(page: Page, demo: Demo, { path, before }: Picture, name: string): Promise<void> {
  await page.goto(host.url + path(demo));
  await page.getByRole("main").getByRole("heading", { level: 1 }).first().waitFor();
  await page.getByRole("status").filter({ hasText: WORDS.live }).waitFor();
  await page.waitForFunction("document.querySelector('[aria-busy=true]') === null");
  await before?.(page);
  // Playwright has no WebP, which is a third of a PNG here.
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await session.detach();
  taken.set(name, Buffer.from(data, "base64"));
}
