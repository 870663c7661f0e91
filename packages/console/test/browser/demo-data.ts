import type { AccountSender } from "@heron-webhooks/sender";
import type { TestApplication } from "./host.ts";
import type { TestReceiver } from "./receiver.ts";

/** Ids of demo resources. */
export interface DemoIds {
  readonly webhook: string;
  readonly slack: string;
  readonly delivered: string;
  readonly dead: string;
}

/** Every page of the console with its path. */
export const PAGES: Readonly<Record<string, (demo: DemoIds) => string>> = {
  overview: () => "",
  webhooks: () => "webhooks",
  "add-webhook": () => "webhooks/new",
  webhook: ({ webhook }) => `webhooks/${webhook}`,
  "edit-webhook": ({ slack }) => `webhooks/${slack}/edit`,
  deliveries: () => "deliveries",
  delivery: ({ dead }) => `deliveries/${dead}`,
  "delivery-delivered": ({ delivered }) => `deliveries/${delivered}`,
  labels: () => "labels",
  "make-label": () => "labels/new",
  label: () => "labels/big_invoice",
  "write-keys": () => "write-keys",
  users: () => "users?user=ada%40northwind.example",
  "no-such-page": () => "nowhere",
};

const USERS = [
  ["ada@northwind.example", { name: "Ada Northwind", plan: "business", seats: 12, country: "GB" }],
  ["ben@northwind.example", { name: "Ben Ito", plan: "free", seats: 1, country: "JP" }],
] as const;

const AMOUNTS = [49.5, 120, 8.25, 990, 15, 310.75, 64] as const;

export interface DemoOptions {
  readonly account?: string;
  /** Rounds of invoices emitted first. */
  readonly invoiceRounds?: number;
  /** Called after each event, for example to advance a clock. */
  readonly afterEvent?: () => void;
}

/** Creates an account with healthy and failing webhooks, deliveries of every outcome, and users. */
export async function createDemoData(
  host: TestApplication,
  receiver: TestReceiver,
  { account = "northwind", invoiceRounds = 0, afterEvent = () => {} }: DemoOptions = {},
): Promise<DemoIds> {
  const sender = host.sender.forAccount(account);
  for (const [user, properties] of USERS) await sender.users.addProperties(user, properties);
  const { webhook, slack, reminders } = await createWebhooks(sender, receiver);
  await createLabels(sender);
  for (const description of ["Shop", "Billing, in the back office"])
    await sender.writeKeys.create({ description });
  const invoices = AMOUNTS.length;
  for (let n = 0; n < invoiceRounds * invoices; n++) {
    const data = { invoice: `in_${1000 + n}`, amount: AMOUNTS[n % invoices], currency: "EUR" };
    await sender.emit("invoice.paid", data, { user: USERS[n % 2]?.[0] ?? "" });
    await waitUntilIdle(sender);
    afterEvent();
  }
  for (const [i, amount] of AMOUNTS.entries()) {
    const user = USERS[i % 2]?.[0] ?? "";
    const data = { invoice: `in_${1000 + invoiceRounds * invoices + i}`, amount, currency: "EUR" };
    if (i % 3 === 1) await sender.emit("invoice.overdue", { ...data, days: 14 }, { user });
    else await sender.emit("invoice.paid", data, { user });
    await waitUntilIdle(sender);
    afterEvent();
  }
  await sender.emit("end_user.review_required", { end_user_id: "northwind-ltd", status: "processed" });
  const [delivered] = await waitForDeliveries(sender, { webhook, state: "delivered" }, invoices);
  const [dead, another = ""] = await waitForDeliveries(sender, { webhook: reminders, state: "dead" }, 2);
  // A retried delivery of a disabled webhook is paused.
  await sender.webhooks.disable(reminders);
  await sender.deliveries.retry(another);
  return { webhook, slack, delivered: delivered ?? "", dead: dead ?? "" };
}

async function createLabels(sender: AccountSender): Promise<void> {
  await sender.labels.create({
    name: "big_invoice",
    pattern: "invoice.*",
    conditions: [
      { path: "data.amount", op: "gte", value: 100 },
      { path: "data.currency", op: "in", value: ["EUR", "GBP"] },
    ],
    description: "Somebody says thank you",
  });
  await sender.labels.create({
    name: "paid_by_business",
    pattern: "invoice.paid",
    conditions: [{ path: "user.plan", op: "eq", value: "business" }],
  });
}

async function createWebhooks(
  sender: AccountSender,
  receiver: TestReceiver,
): Promise<{ readonly webhook: string; readonly slack: string; readonly reminders: string }> {
  const books = await sender.webhooks.create({
    url: receiver.at("/hooks"),
    topics: ["invoice.*"],
    description: "Bookkeeping",
    headers: { "x-tenant": "northwind" },
  });
  const lake = await sender.webhooks.create({
    url: receiver.at("/rows"),
    topics: ["invoice.paid"],
    description: "Rows for the data lake",
    template: { amount: "{{ data.amount }}", plan: '{{ user.plan ?? "free" }}', source: "heron" },
  });
  const slack = await sender.webhooks.create({
    url: receiver.at("/slack"),
    format: "slack",
    topics: ["end_user.review_required"],
    description: "Slack #risk",
    template: { text: "*{{ data.end_user_id }}* broke a rule, and needs a review" },
  });
  const reminders = await sender.webhooks.create({
    url: receiver.at("/down"),
    topics: ["invoice.overdue"],
    description: "Reminders",
  });
  const large = await sender.webhooks.create({
    url: receiver.at("/rows"),
    topics: ["invoice.overdue", "label.big_invoice"],
    conditions: [
      { path: "data.amount", op: "gt", value: 500 },
      { path: "data.currency", op: "ne", value: "USD" },
    ],
    description: "Large sums only",
  });
  receiver.secrets = [books.secret, lake.secret, large.secret];
  return { webhook: books.id, slack: slack.id, reminders: reminders.id };
}

/** Waits until no delivery is pending. */
async function waitUntilIdle(sender: AccountSender): Promise<void> {
  while ((await sender.deliveries.list({ state: "pending" })).data.length > 0)
    await new Promise((again) => setTimeout(again, 10));
}

/** Waits for a number of deliveries in a state and returns their ids. */
async function waitForDeliveries(
  sender: AccountSender,
  filter: { readonly webhook: string; readonly state: "delivered" | "dead" },
  count: number,
): Promise<readonly string[]> {
  for (;;) {
    const { data } = await sender.deliveries.list(filter);
    if (data.length >= count) return data.map(({ id }) => id);
    await new Promise((again) => setTimeout(again, 20));
  }
}
