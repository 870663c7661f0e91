import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createConsole, signedLink } from "@heron-webhooks/console";
import { heronConsole } from "@heron-webhooks/express";
import { createSender, memoryStore } from "@heron-webhooks/sender";
import express from "express";
import { chromium, type Locator, type Page } from "playwright-core";
import { chromiumPath } from "../../../packages/console/scripts/chromium.ts";
import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import { printTable } from "../table.ts";

const silentLogger = { debug() {}, info() {}, warn() {}, error() {} };
const BATCH_SIZE = 500;

/** Measures scrolling of the delivery list against a plain page. */
export async function benchScroll({ isQuick }: BenchOptions): Promise<void> {
  const [count, frames] = isQuick ? [1000, 60] : [10_000, 600];
  const host = await startHost(count);
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--disable-gpu"] });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const plain = await context.newPage();
    await plain.setContent(`<div style="height: ${count * 44}px"></div>`);
    const list = await context.newPage();
    await list.goto(host.link);
    await countRows(list).first().waitFor();
    const loaded = await readAllRows(list, count);
    const rows: string[][] = [];
    for (const step of [120, 400])
      for (const [name, page] of [
        ["a plain page", plain],
        ["the list", list],
      ] as const)
        rows.push([`${name}, ${step} px a frame`, ...toFrameStats(await measureScroll(page, step, frames))]);
    printTable(
      `${loaded.toLocaleString("en")} deliveries in the list, ${await countRows(list).count()} rows in the document, ${frames} frames, rendered without a GPU`,
      ["", "p50 ms", "p95 ms", "max ms"],
      rows,
    );
  } finally {
    await browser.close();
    await host.close();
  }
}

/** Starts a console with pending deliveries that are never attempted. */
async function startHost(count: number): Promise<{ readonly link: string; close(): Promise<void> }> {
  const sender = createSender({ store: memoryStore(), logger: silentLogger });
  await sender.webhooks.create({ account: "acme", url: "https://acme.example/hooks", topics: ["**"] });
  for (let done = 0; done < count; done += BATCH_SIZE)
    await Promise.all(
      Array.from({ length: BATCH_SIZE }, (_, i) =>
        sender.emit("invoice.paid", { n: done + i }, { account: "acme" }),
      ),
    );
  const links = signedLink({ secret: "a secret of the bench's own" });
  const console = createConsole(sender, { authorize: links, logger: silentLogger, rateLimit: 1_000_000 });
  const app = express();
  app.use("/heron", heronConsole(console));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/heron/`;
  return {
    link: `${url}deliveries${new URL(links.link(url, { account: "acme" })).hash}`,
    async close() {
      console.close();
      server.close();
      server.closeAllConnections();
      await sender.close();
    },
  };
}

/** Scrolls until the last page has loaded and returns the number of rows. */
async function readAllRows(page: Page, count: number): Promise<number> {
  const size = async (): Promise<number> =>
    Number(await countRows(page).first().getAttribute("aria-setsize"));
  for (
    let attempt = 0;
    attempt < 600 && (await countRows(page).last().getAttribute("aria-posinset")) !== String(count);
    attempt++
  ) {
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
    await page.waitForTimeout(50);
  }
  return size();
}

/** Measures the frame times in milliseconds while the page scrolls up and down. */
async function measureScroll(page: Page, step: number, frames: number): Promise<readonly number[]> {
  await page.bringToFront();
  // As text, because the DOM types are not available here.
  return page.evaluate<number[]>(`new Promise((resolve) => {
    const times = [];
    let last = performance.now();
    let direction = -1;
    scrollTo(0, document.documentElement.scrollHeight);
    const frame = (now) => {
      times.push(now - last);
      last = now;
      if (scrollY <= 0) direction = 1;
      if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1) direction = -1;
      scrollBy(0, direction * ${step});
      if (times.length > ${frames}) resolve(times.slice(1));
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
}

function toFrameStats(times: readonly number[]): readonly string[] {
  const sorted = [...times].sort((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
  return [median(times), p95, sorted.at(-1) ?? Number.NaN].map((ms) => ms.toFixed(1));
}

function countRows(page: Page): Locator {
  return page.getByRole("listbox").getByRole("option");
}
