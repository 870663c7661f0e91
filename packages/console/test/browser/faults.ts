import type { BrowserContext } from "playwright-core";

/** Collects errors of a context's pages: console errors, policy violations, failed and foreign requests. */
export class PageErrors {
  readonly #origin: string;
  readonly #expected: RegExp[] = [];
  readonly #errors: string[] = [];

  constructor(context: BrowserContext, origin: string) {
    this.#origin = origin;
    context.on("console", (message) => {
      // Policy violations are also reported as errors.
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
      // Navigation aborts the stream.
      if (why !== "net::ERR_ABORTED") this.#errors.push(`failed: ${request.url()} ${why}`);
    });
  }

  /** Allows these errors from now on. */
  expect(...patterns: readonly RegExp[]): void {
    this.#expected.push(...patterns);
  }

  /** Unexpected errors. */
  get unexpected(): readonly string[] {
    return this.#errors.filter((fault) => !this.#expected.some((pattern) => pattern.test(fault)));
  }
}

/** An error response of the API, which Chromium logs as an error. */
export const apiErrorPattern = (status: number): RegExp =>
  new RegExp(`^console: .*the server responded with a status of ${status}`);

/** The server is unreachable. */
export const UNREACHABLE_PATTERN: RegExp = /net::ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET|NETWORK)/;
