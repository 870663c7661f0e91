import type { BrowserContext } from "playwright-core";

/** What goes wrong in a context's pages: errors in the console, a broken policy, requests that fail, foreign hosts asked. */
export class PageErrors {
  readonly #origin: string;
  readonly #expected: RegExp[] = [];
  readonly #errors: string[] = [];

  constructor(context: BrowserContext, origin: string) {
    this.#origin = origin;
    context.on("console", (message) => {
      // What breaks the policy is told as an error too.
      if (message.type() === "error")
        this.#errors.push(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.#errors.push(`thrown: ${error.error().stack}`));
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.origin !== this.#origin)
        this.#errors.push(`elsewhere: ${url.href}`);
    });
    context.on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "";
      // Whoever leaves a page leaves its stream.
      if (why !== "net::ERR_ABORTED") this.#errors.push(`failed: ${request.url()} ${why}`);
    });
  }

  /** From now on these are part of the test. */
  expect(...patterns: readonly RegExp[]): void {
    this.#expected.push(...patterns);
  }

  /** Those that nobody expected. */
  get unexpected(): readonly string[] {
    return this.#errors.filter((fault) => !this.#expected.some((pattern) => pattern.test(fault)));
  }
}

/** An answer of the API's that says no, which Chromium tells as an error. */
export const apiErrorPattern = (status: number): RegExp =>
  new RegExp(`^console: .*the server responded with a status of ${status}`);

/** The server is not there. */
export const UNREACHABLE_PATTERN: RegExp = /net::ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET|NETWORK)/;
