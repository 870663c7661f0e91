import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { ConsolePage } from "./console-page.ts";
import { PageErrors } from "./faults.ts";
import { type HostOptions, TestApplication } from "./host.ts";
import { launchChromium } from "./launch-chromium.ts";
import { TestReceiver } from "./receiver.ts";

/** Far more than any condition takes, so that a busy machine does not matter. */
export const WAIT_TIMEOUT_MS = 30_000;

/** One browser per test file, with new hosts, receivers and pages for each test. */
export class BrowserHarness {
  readonly #cleanups: (() => Promise<void>)[] = [];
  readonly #faults: PageErrors[] = [];
  #browser: Browser | undefined;

  /** Call at the top of a test file. */
  static create(): BrowserHarness {
    const stage = new BrowserHarness();
    beforeAll(async () => {
      stage.#browser = await launchChromium();
    });
    afterEach(() => stage.#cleanUp());
    afterAll(() => stage.#browser?.close());
    return stage;
  }

  async openApplication(options: HostOptions = {}): Promise<TestApplication> {
    const host = await TestApplication.open(options);
    this.#cleanups.push(() => host.close());
    return host;
  }

  async openReceiver(): Promise<TestReceiver> {
    const receiver = await TestReceiver.open();
    this.#cleanups.push(() => receiver.close());
    return receiver;
  }

  /** A page in a new browser context. */
  async openPage(host: TestApplication, options: BrowserContextOptions = {}): Promise<ConsolePage> {
    const context = await this.#context(options);
    const faults = new PageErrors(context, new URL(host.url).origin);
    this.#faults.push(faults);
    return new ConsolePage(await context.newPage(), host.url, faults);
  }

  /** A page that is signed in by a link. */
  async openSignedInPage(
    host: TestApplication,
    account = "acme",
    options: BrowserContextOptions = {},
  ): Promise<ConsolePage> {
    const person = await this.openPage(host, options);
    await person.open(host.link(account));
    await person.waitForLive();
    return person;
  }

  async #context(options: BrowserContextOptions): Promise<BrowserContext> {
    if (this.#browser === undefined) throw new Error("the browser is started before the first test");
    const context = await this.#browser.newContext({ reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(WAIT_TIMEOUT_MS);
    this.#cleanups.push(() => context.close());
    return context;
  }

  /** Closes pages before hosts. */
  async #cleanUp(): Promise<void> {
    const unexpected = this.#faults.splice(0).flatMap((faults) => faults.unexpected);
    for (const end of this.#cleanups.splice(0).reverse()) await end();
    expect(unexpected).toEqual([]);
  }
}
