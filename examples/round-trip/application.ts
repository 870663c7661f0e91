import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRetryPolicy } from "@heron-webhooks/core";
import {
  createSender,
  type EmitResult,
  type Sender,
  type SenderHooks,
  sqliteStore,
} from "@heron-webhooks/sender";

/** Waits between attempts, in milliseconds. An application leaves this out and gets retries over two days. */
export const DELAYS: readonly number[] = [1000, 2000, 4000];

/** Where the webhooks lead, and what the CRM asks for. */
export interface Places {
  readonly express: string;
  readonly fastify: string;
  readonly crm: string;
  readonly crmToken: string;
  readonly slack: string;
}

export interface Application {
  readonly sender: Sender;
  /** Makes the four webhooks, and says what the two receivers verify with. */
  subscribe(places: Places): Promise<{ readonly express: string; readonly fastify: string }>;
  /** What happens in its business, each an event. */
  readonly business: readonly { readonly topic: string; happen(): Promise<EmitResult> }[];
  close(): Promise<void>;
}

const END_USER = "café ☕";

/** What happens in it: the console offers these, and shows what a webhook would get by their examples. */
const TOPICS = {
  "end_user.processed": {
    description: "All that was known of an end user was read",
    example: { end_user_id: END_USER, status: "processed" },
  },
  "end_user.review_required": {
    description: "A person should look at an end user",
    example: { end_user_id: END_USER, status: "review_required" },
  },
  "invoice.paid": { description: "An invoice was paid", example: { invoice: "in_42", amount: 49.5 } },
} as const;

/** An application with a sender over one file, that may reach this machine. */
export async function startApplication(hooks: SenderHooks): Promise<Application> {
  const folder = await mkdtemp(join(tmpdir(), "heron-round-trip-"));
  const sender = createSender({
    store: sqliteStore(join(folder, "heron.db")),
    topics: TOPICS,
    retry: createRetryPolicy({ delays: DELAYS, jitter: 0 }),
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    hooks,
  });
  sender.start();
  return {
    sender,
    subscribe: (places) => subscribe(sender, places),
    business: businessOf(sender),
    async close() {
      await sender.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function subscribe(
  { webhooks }: Sender,
  { express, fastify, crm, crmToken, slack }: Places,
): Promise<{ readonly express: string; readonly fastify: string }> {
  const topics = ["end_user.*"];
  const made = await webhooks.create({ url: express, topics, description: "express" });
  const late = await webhooks.create({ url: fastify, topics, description: "fastify" });
  await webhooks.create({
    url: crm,
    topics: ["invoice.paid"],
    auth: { token: crmToken },
    template: { contact: "{{ user.name }}", plan: '{{ user.plan ?? "free" }}', paid: "{{ data.amount }}" },
    description: "crm",
  });
  await webhooks.create({
    url: slack,
    topics: ["invoice.paid", "*.review_required"],
    // A URL of hooks.slack.com is known for Slack's; this one is not.
    format: "slack",
    description: "slack",
  });
  return { express: made.secret, fastify: late.secret };
}

function businessOf({ emit, users }: Sender): Application["business"] {
  const end_user_id = END_USER;
  let number = 42;
  const pay = async (): Promise<EmitResult> => {
    await users.addProperties("u_1", { name: "Ann", plan: "pro" });
    const invoice = `in_${number}`;
    // With an id of its own it may be emitted again, as after a crash, and nothing comes of it.
    return emit("invoice.paid", { invoice, amount: 49.5 }, { user: "u_1", id: `${invoice} paid` });
  };
  return [
    {
      topic: "end_user.processed",
      happen: () => emit("end_user.processed", { end_user_id, status: "processed" }),
    },
    { topic: "invoice.paid", happen: pay },
    {
      topic: "invoice.paid",
      async happen() {
        const again = await pay();
        number++;
        return again;
      },
    },
    {
      topic: "end_user.review_required",
      happen: () => emit("end_user.review_required", { end_user_id, status: "review_required" }),
    },
  ];
}
