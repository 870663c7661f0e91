import { HeronError } from "./errors.ts";

declare global {
  namespace HeronWebhooks {
    /**
     * The type of the application's sender, for `app.heron` and `req.heron`.
     *
     * `@heron-webhooks/sender` adds its `Sender` as `defaultSender`. An application can add its own type as `sender`,
     * which takes precedence. While empty, neither property is declared.
     */
    // Global, as `namespace Express` is: a module would exist twice, for `import` and for `require`.
    interface Types {}
  }
}

/** The part of a sender that adapters use. */
export interface StartableSender {
  start(): void;
  close(): Promise<void>;
}

/** The application's sender by `HeronWebhooks.Types`; while that is empty, a {@link StartableSender}. */
export type HeronSender = HeronWebhooks.Types extends { readonly sender: infer Own }
  ? Own
  : HeronWebhooks.Types extends { readonly defaultSender: infer Default }
    ? Default
    : StartableSender;

/**
 * An object with the sender as property `Name`. Without a known sender it has no such property, so that applications
 * that only receive can use the name.
 */
export type WithSender<Name extends string> = {
  // Maps keys alone: the type of a sender created with `app.log` would depend on the type of `app` itself.
  readonly [Known in keyof HeronWebhooks.Types as Name]: HeronSender;
};

/**
 * Asserts that a value is a sender; `usage` is for the error message.
 * @throws HeronError `option_invalid`
 */
export function assertSender(value: unknown, usage: string): void {
  const candidate = Object(value) as Partial<Record<keyof StartableSender, unknown>>;
  if (typeof candidate.start === "function" && typeof candidate.close === "function") return;
  throw new HeronError(
    "option_invalid",
    `heronSender needs a sender: ${usage}, with a sender from createSender() of @heron-webhooks/sender.`,
  );
}
