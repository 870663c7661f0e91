import type { AccountSender } from "@heron-webhooks/sender";
import type { Host } from "./host.ts";
import type { Receiver } from "./receiver.ts";

/** Ids of what a page may be about. */
export interface Demo {
  readonly webhook: string;
  readonly slack: string;
  readonly delivered: string;
  readonly dead: string;
}

/** Every page of the console, by what it is called, with its path. */
export const PAGES: Readonly<Record<string, (demo: Demo) => string>> = {
  overview: () => "",
  webhooks: () => "webhooks",
  "add-webhook": () => "webhooks/new",
  webhook: ({ webhook }) => `webhooks/${webhook}`,
  "edit-webhook": ({ slack }) => `webhooks/${slack}/edit`,
  deliveries: () => "deliveries",
  delivery: ({ dead }) => `deliveries/${dead}`,
  "delivery-delivered": ({ delivered }) => `deliveries/${delivered}`,
  users: () => "users?user=ada%40northwind.example",
  "no-such-page": () => "nowhere",
};

const USERS = [
  ["ada@northwind.example", { name: "Ada Northwind", plan: "business", seats: 12, country: "GB" }],
  ["ben@northwind.example", { name: "Ben Ito", plan: "free", seats: 1, country: "JP" }],
] as const;

const AMOUNTS = [49.5, 120, 8.25, 990, 15, 310.75, 64] as const;

/** An account that has been in use: webhooks that work and that do not, deliveries of every outcome, users. */
export async function demonstrated(host: Host, receiver: Receiver, account = "northwind"): Promise<Demo> {
  const sender = host.sender.for(account);
  for (const [user, properties] of USERS) await sender.users.addProperties(user, properties);
  const { webhook, slack, reminders } = await webhooks(sender, receiver);
  for (const [i, amount] of AMOUNTS.entries()) {
    const user = USERS[i % 2]?.[0] ?? "";
    const data = { invoice: `in_${1040 + i}`, amount, currency: "EUR" };
    if (i % 3 === 1) await sender.emit("invoice.overdue", { ...data, days: 14 }, { user });
    else await sender.emit("invoice.paid", data, { user });
  }
  await sender.emit("end_user.review_required", { end_user_id: "northwind-ltd", status: "processed" });
  const [delivered] = await settled(sender, { webhook, state: "delivered" }, AMOUNTS.length);
  const [dead, another = ""] = await settled(sender, { webhook: reminders, state: "dead" }, 2);
  // What is sent again to a webhook that is disabled is held.
  await sender.webhooks.disable(reminders);
  await sender.deliveries.retry(another);
  return { webhook, slack, delivered: delivered ?? "", dead: dead ?? "" };
}

async function webhooks(
  sender: AccountSender,
  receiver: Receiver,
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
    body: { amount: "{{ data.amount }}", plan: '{{ user.plan ?? "free" }}', source: "heron" },
  });
  const slack = await sender.webhooks.create({
    url: receiver.at("/slack"),
    format: "slack",
    topics: ["end_user.review_required"],
    description: "Slack #risk",
    body: { text: "*{{ data.end_user_id }}* broke a rule, and needs a review" },
  });
  const reminders = await sender.webhooks.create({
    url: receiver.at("/down"),
    topics: ["invoice.overdue"],
    description: "Reminders",
  });
  receiver.secrets = [books.secret, lake.secret];
  return { webhook: books.id, slack: slack.id, reminders: reminders.id };
}

/** Ids of a webhook's deliveries, once as many as that have come to this. */
async function settled(
  sender: AccountSender,
  filter: { readonly webhook: string; readonly state: "delivered" | "dead" },
  many: number,
): Promise<readonly string[]> {
  for (;;) {
    const { items } = await sender.deliveries.list(filter);
    if (items.length >= many) return items.map(({ id }) => id);
    await new Promise((again) => setTimeout(again, 20));
  }
}
