import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import {
  createSender,
  type EmitResult,
  type Sender,
  type SenderHooks,
  sqliteStore,
} from "@heron-webhooks/sender";

/** Delays between attempts, in milliseconds. By default, retries go on for two days. */
export const DELAYS: readonly number[] = [1000, 2000, 4000];

/** The URLs of the webhooks, and the token of the CRM. */
export interface Places {
  readonly express: string;
  readonly fastify: string;
  readonly crm: string;
  readonly crmToken: string;
  readonly slack: string;
}

export interface Application {
  readonly sender: Sender;
  /** Creates the four webhooks, and returns the secrets of the two receivers. */
  subscribe(places: Places): Promise<{ readonly express: string; readonly fastify: string }>;
  /** The actions of the business; each emits an event. */
  readonly business: readonly { readonly topic: string; happen(): Promise<EmitResult> }[];
  close(): Promise<void>;
}

const END_USER = "café ☕";

/** The topics, which the console lists and uses for previews. */
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

/** Starts an application with a SQLite sender that may reach this machine. */
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
    business: createBusiness(sender),
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
    // The format is only detected for URLs of hooks.slack.com.
    format: "slack",
    description: "slack",
  });
  return { express: made.secret, fastify: late.secret };
}

function createBusiness({ emit, users }: Sender): Application["business"] {
  const end_user_id = END_USER;
  let number = 42;
  const pay = async (): Promise<EmitResult> => {
    await users.addProperties("u_1", { name: "Ann", plan: "pro" });
    const invoice = `in_${number}`;
    // The id makes the event idempotent: emitting it again, as after a crash, changes nothing.
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
