import type { ManualClock } from "./observable-clock.ts";

// The receiver's interfaces, as far as the tests use them. Not imported: core's tests run these tests, and packages must not
// depend on each other in a circle.

export interface TestEvent {
  readonly topic: string;
  readonly created: string;
  readonly data: unknown;
  readonly meta: Record<string, unknown> | null;
  readonly id?: string;
}

export interface TestContext {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly form: string;
  readonly secretIndex: number;
  readonly rawBody: Uint8Array;
  readonly request: unknown;
}

export type TestHandler = (event: TestEvent, context: TestContext) => unknown;

export interface TestDedupeStore {
  reserve(
    key: string,
    leaseMs: number,
  ): MaybePromise<"done" | { readonly busy: number } | { readonly token: string }>;
  complete(key: string, token: string, ttlMs: number): void | Promise<void>;
  release(key: string, token: string): void | Promise<void>;
}

type MaybePromise<T> = T | Promise<T>;

export interface TestLogger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** The receiver's options that the tests use. */
export interface TestReceiverOptions {
  readonly path?: string;
  readonly secret?: string | readonly string[] | (() => MaybePromise<string | readonly string[] | null>);
  readonly on?: Readonly<Record<string, TestHandler | readonly TestHandler[]>>;
  readonly dedupe?: TestDedupeStore | false;
  readonly tolerance?: "5m";
  readonly rawBodyOnly?: boolean;
  readonly bodyLimit?: number;
  readonly schemas?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly signatureHeader?: string;
  readonly logger?: TestLogger | false;
  readonly onError?: (error: Error & { readonly code: string }, details: object) => void;
  readonly clock?: ManualClock;
}

/** A server on loopback with a receiver. */
export interface OpenServer {
  readonly port: number;
  close(): Promise<void>;
  /** Closes the receiver alone, if the framework allows it. */
  readonly closeReceiver?: () => Promise<void>;
}

/** An adapter to test. */
export interface AdapterUnderTest {
  /**
   * Starts a server with the receiver mounted as documented, and two independent routes: `POST /other` responds with the
   * JSON that the framework parsed, `GET /` with 200.
   */
  open(options: TestReceiverOptions): Promise<OpenServer>;
  manualClock(): ManualClock;
  retry(after?: "30s"): Error;
  discard(): Error;
  /** The methods besides POST that the framework routes. */
  readonly otherMethods: readonly string[];
  /** Whether a response before the body is read closes the connection; a web `Response` cannot. */
  readonly closesOnUnreadBody: boolean;
}
