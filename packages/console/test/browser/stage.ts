import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { ConsolePage } from "./console-page.ts";
import { Faults } from "./faults.ts";
import { Host, type HostOptions } from "./host.ts";
import { launched } from "./launched.ts";
import { Receiver } from "./receiver.ts";

/** For a condition, in milliseconds: much more than it takes, so that a busy machine changes nothing. */
export const PATIENCE = 30_000;

/** What a test file plays on: one browser, and for each test hosts, receivers and people, all of them new. */
export class Stage {
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #faults: Faults[] = [];
  #browser: Browser | undefined;

  /** To be called at the top of a test file. */
  static set(): Stage {
    const stage = new Stage();
    beforeAll(async () => {
      stage.#browser = await launched();
    });
    afterEach(() => stage.#clear());
    afterAll(() => stage.#browser?.close());
    return stage;
  }

  async host(options: HostOptions = {}): Promise<Host> {
    const host = await Host.open(options);
    this.#ends.push(() => host.close());
    return host;
  }

  async receiver(): Promise<Receiver> {
    const receiver = await Receiver.open();
    this.#ends.push(() => receiver.close());
    return receiver;
  }

  /** Somebody with a browser of their own, who has opened nothing yet. */
  async person(host: Host, options: BrowserContextOptions = {}): Promise<ConsolePage> {
    const context = await this.#context(options);
    const faults = new Faults(context, new URL(host.url).origin);
    this.#faults.push(faults);
    return new ConsolePage(await context.newPage(), host.url, faults);
  }

  /** Somebody who has come in by a link. */
  async signedIn(host: Host, account = "acme", options: BrowserContextOptions = {}): Promise<ConsolePage> {
    const person = await this.person(host, options);
    await person.open(host.link(account));
    await person.isLive();
    return person;
  }

  async #context(options: BrowserContextOptions): Promise<BrowserContext> {
    if (this.#browser === undefined) throw new Error("the browser is started before the first test");
    const context = await this.#browser.newContext({ reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(PATIENCE);
    this.#ends.push(() => context.close());
    return context;
  }

  /** People leave before what they look at goes. */
  async #clear(): Promise<void> {
    const unexpected = this.#faults.splice(0).flatMap((faults) => faults.unexpected);
    for (const end of this.#ends.splice(0).reverse()) await end();
    expect(unexpected).toEqual([]);
  }
}
