import { HeronError } from "./errors.ts";

declare global {
  namespace HeronWebhooks {
    /**
     * Says what the sender of an application is, for the types of `app.heron` and `req.heron`.
     *
     * `@heron-webhooks/sender` adds its `Sender` as `senderByDefault`. An application whose sender has a type of its
     * own adds that as `sender`, which goes before. While it is empty, neither property is declared.
     */
    // Global, as `namespace Express` is: a module of ours would be two, one for `import` and one for `require`.
    interface Types {}
  }
}

/** What an adapter asks of a sender. */
export interface StartableSender {
  start(): void;
  close(): Promise<void>;
}

/** The application's sender, as `HeronWebhooks.Types` has it; where that is empty, whatever can start and close. */
export type HeronSender = HeronWebhooks.Types extends { readonly sender: infer Own }
  ? Own
  : HeronWebhooks.Types extends { readonly senderByDefault: infer Default }
    ? Default
    : StartableSender;

/**
 * The type of an object that may have the sender as `Name`: without such a property while no sender's type is known,
 * so that who only receives may use the name for something else.
 */
export type WithSender<Name extends string> = {
  // By the keys alone: a sender made with `app.log` could not have its type looked at to know what `app` has.
  readonly [Known in keyof HeronWebhooks.Types as Name]: HeronSender;
};

/**
 * Whether an adapter was given a sender; `usage` is how it should have been.
 * @throws HeronError `option_invalid`
 */
export function assertSender(value: unknown, usage: string): void {
  const candidate = Object(value) as Partial<Record<keyof StartableSender, unknown>>;
  if (typeof candidate.start === "function" && typeof candidate.close === "function") return;
  throw new HeronError(
    "option_invalid",
    `heronSender was given no sender: ${usage}, with a sender from createSender() of @heron-webhooks/sender.`,
  );
}
