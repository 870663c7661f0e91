import { assertType, expectTypeOf } from "vitest";
import {
  createEvent,
  type EndUserData,
  type EventMatching,
  type EventOf,
  HeronError,
  type HeronErrorCode,
  type HeronEvents,
  type HeronTopic,
  isHeronTopic,
  type PatternOf,
  type TopicsMatching,
  type TransactionsDeletedData,
  type UnknownTopic,
  type WebhookEvent,
} from "../src/index.ts";
import { createReceiver, type Handlers, type ReceiveContext } from "../src/receiver/index.ts";

// Checked by the compiler alone: nothing here runs.

interface Mine {
  "invoice.paid": { readonly amount: number };
  "invoice.failed": { readonly reason: string };
  "order.line.added": { readonly sku: string };
}

// Handlers are typed by their pattern.
createReceiver({
  on: {
    "end_user.processed": (event, context) => {
      expectTypeOf(event).toEqualTypeOf<WebhookEvent<"end_user.processed", EndUserData>>();
      expectTypeOf(event.data.heron_id).toEqualTypeOf<string>();
      expectTypeOf(context).toEqualTypeOf<ReceiveContext<unknown>>();
      // @ts-expect-error an event is not to be changed
      event.topic = "end_user.processed";
    },
    "transactions.deleted": async ({ data }) => {
      expectTypeOf(data).toEqualTypeOf<TransactionsDeletedData>();
      expectTypeOf(data.transactions[0]?.reference_id).toEqualTypeOf<string | null | undefined>();
    },
    "pdf.parsed": ({ data }) => expectTypeOf(data).toEqualTypeOf<unknown>(),
  },
});

// A pattern with wildcards gets the union of the topics that it matches, and unlisted topics.
createReceiver({
  on: {
    "end_user.*": (event) => {
      expectTypeOf(event.data).toEqualTypeOf<unknown>();
      if (event.topic === "end_user.processed") expectTypeOf(event.data).toEqualTypeOf<EndUserData>();
      if (event.topic === "end_user.created") expectTypeOf(event.data).toEqualTypeOf<unknown>();
      // @ts-expect-error no topic of that resource
      if (event.topic === "pdf.processed") return;
    },
    "*.failed": (event) => {
      if (event.topic === "end_user.failed") expectTypeOf(event.data).toEqualTypeOf<EndUserData>();
      if (event.topic === "pdf.failed") expectTypeOf(event.data).toEqualTypeOf<unknown>();
      // @ts-expect-error no topic that ends so
      if (event.topic === "end_user.processed") return;
    },
    "**": (event) => {
      switch (event.topic) {
        case "transactions.deleted":
          return expectTypeOf(event.data).toEqualTypeOf<TransactionsDeletedData>();
        case "end_user.review_required":
          return expectTypeOf(event.data).toEqualTypeOf<EndUserData>();
        default:
          return expectTypeOf(event.meta).toEqualTypeOf<Record<string, unknown> | null>();
      }
    },
    "*": [(event) => expectTypeOf(event.topic).toExtend<string>(), async () => {}],
  },
});

// A topic that is in no list is handled by name, and its data is unknown until it is looked at.
createReceiver({
  on: {
    "debt_summary.processed": (event) => {
      expectTypeOf(event).toEqualTypeOf<WebhookEvent<string, unknown>>();
      // @ts-expect-error unknown
      event.data.amount;
    },
  },
});

// Events of the application's own, alone or beside Heron's.
createReceiver<Mine>({
  on: {
    "invoice.paid": ({ data }) => expectTypeOf(data).toEqualTypeOf<{ readonly amount: number }>(),
    "*.line.*": (event) => {
      if (event.topic === "order.line.added") expectTypeOf(event.data.sku).toEqualTypeOf<string>();
    },
    "end_user.processed": ({ data }) => expectTypeOf(data).toEqualTypeOf<unknown>(),
  },
});
createReceiver<HeronEvents & Mine>({
  on: {
    "invoice.paid": ({ data }) => expectTypeOf(data.amount).toEqualTypeOf<number>(),
    "end_user.processed": ({ data }) => expectTypeOf(data).toEqualTypeOf<EndUserData>(),
    "*.failed": (event) => {
      if (event.topic === "invoice.failed") expectTypeOf(event.data.reason).toEqualTypeOf<string>();
      if (event.topic === "end_user.failed") expectTypeOf(event.data).toEqualTypeOf<EndUserData>();
    },
  },
});
createReceiver<Mine>({
  on: {
    // @ts-expect-error the data of another topic
    "invoice.paid": (event: WebhookEvent<"invoice.paid", { readonly reason: string }>) => event.data.reason,
  },
});

// What is not a handler, or not an option, is refused.
createReceiver({
  on: {
    // @ts-expect-error not a function
    "end_user.processed": "log",
  },
});
// @ts-expect-error a slip
createReceiver({ tolerence: "5m" });
// @ts-expect-error not a duration
createReceiver({ timeout: "soon" });
// @ts-expect-error not a number of bytes
createReceiver({ bodyLimit: "1mb" });
createReceiver({ timeout: "9s", tolerance: 300_000, dedupe: { ttl: "24h" }, logger: console });
createReceiver<HeronEvents, { readonly params: { readonly id: string } }>({
  secret: ({ params }) => params.id,
  on: { "**": (_, { request }) => expectTypeOf(request.params.id).toEqualTypeOf<string>() },
});

// Handlers may be kept apart from the receiver.
assertType<Handlers<HeronEvents>>({
  "end_user.processed": (event) => expectTypeOf(event.data.status).toEqualTypeOf<string>(),
});

// Patterns and topics as types.
expectTypeOf<PatternOf<"a.b">>().toEqualTypeOf<
  "a.b" | "a.*" | "*.b" | "*.*" | "a.b.**" | "a.*.**" | "*.b.**" | "*.*.**" | "a.**" | "*.**" | "**" | "*"
>();
expectTypeOf<"*.b.*.d">().toExtend<PatternOf<"a.b.c.d">>();
expectTypeOf<"a.b.c.**">().toExtend<PatternOf<"a.b.c.d">>();
expectTypeOf<"a.b">().not.toExtend<PatternOf<"a.b.c">>();
expectTypeOf<TopicsMatching<"invoice.*", keyof Mine>>().toEqualTypeOf<"invoice.paid" | "invoice.failed">();
expectTypeOf<TopicsMatching<"order.**", keyof Mine>>().toEqualTypeOf<"order.line.added">();
expectTypeOf<TopicsMatching<"*.failed", HeronTopic>>().toEqualTypeOf<
  "end_user.failed" | "pdf.failed" | "iso_application.failed" | "end_user_email.failed" | "enricher.failed"
>();
expectTypeOf<TopicsMatching<"nothing.*", HeronTopic>>().toEqualTypeOf<never>();

// An event's type follows from its topic.
expectTypeOf<EventOf<Mine, "invoice.paid">>().toEqualTypeOf<
  WebhookEvent<"invoice.paid", { readonly amount: number }>
>();
expectTypeOf<EventMatching<Mine, "invoice.*">>().toEqualTypeOf<
  | WebhookEvent<"invoice.paid", { readonly amount: number }>
  | WebhookEvent<"invoice.failed", { readonly reason: string }>
  | WebhookEvent<UnknownTopic, unknown>
>();
expectTypeOf(createEvent({ topic: "invoice.paid", data: { amount: 5 } })).toEqualTypeOf<
  WebhookEvent<"invoice.paid", { amount: number }>
>();
declare const topic: string;
if (isHeronTopic(topic)) expectTypeOf(topic).toEqualTypeOf<HeronTopic>();

// Errors are compared by an existing code.
declare const error: unknown;
if (HeronError.is(error)) expectTypeOf(error.code).toEqualTypeOf<HeronErrorCode>();
// @ts-expect-error no such code
HeronError.is(error, "no_such_code");
