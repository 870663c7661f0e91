import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { ConsolePage } from "./console-page.ts";
import { PageErrors } from "./faults.ts";
import { type HostOptions, TestApplication } from "./host.ts";
import { launchChromium } from "./launch-chromium.ts";
import { TestReceiver } from "./receiver.ts";

/** For a condition, in milliseconds: much more than it takes, so that a busy machine changes nothing. */
export const WAIT_TIMEOUT_MS = 30_000;

/** What a test file plays on: one browser, and for each test hosts, receivers and people, all of them new. */
export class BrowserHarness {
  readonly #cleanups: (() => Promise<void>)[] = [];
  readonly #faults: PageErrors[] = [];
  #browser: Browser | undefined;

  /** To be called at the top of a test file. */
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

  /** Somebody with a browser of their own, who has opened nothing yet. */
  async openPage(host: TestApplication, options: BrowserContextOptions = {}): Promise<ConsolePage> {
    const context = await this.#context(options);
    const faults = new PageErrors(context, new URL(host.url).origin);
    this.#faults.push(faults);
    return new ConsolePage(await context.newPage(), host.url, faults);
  }

  /** Somebody who has come in by a link. */
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

  /** People leave before what they look at goes. */
  async #cleanUp(): Promise<void> {
    const unexpected = this.#faults.splice(0).flatMap((faults) => faults.unexpected);
    for (const end of this.#cleanups.splice(0).reverse()) await end();
    expect(unexpected).toEqual([]);
  }
}
