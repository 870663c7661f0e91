import { createSender, type EmitResult, type Sender, sqliteStore } from "@heron-webhooks/sender";
import { assertHeapTemplate, message, row } from "./bodies.ts";

/** A sender that sends a row to the lake for every event, and a Slack message for every upgrade. */
export async function startTracking(places: {
  readonly lake: string;
  readonly slack: string;
}): Promise<{ readonly sender: Sender; readonly secret: string }> {
  const sender = createSender({
    store: sqliteStore(":memory:"),
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
  });
  assertHeapTemplate(row);
  const { secret } = await sender.webhooks.create({ url: places.lake, topics: ["**"], template: row });
  await sender.webhooks.create({
    url: places.slack,
    topics: ["account.upgraded"],
    // The format is only detected for URLs of hooks.slack.com.
    format: "slack",
    template: message,
  });
  sender.start();
  return { sender, secret };
}

/** The actions of two users, in order. Properties are copied into an event when it is emitted. */
export async function happen({ emit, users }: Sender): Promise<readonly EmitResult[]> {
  await users.addProperties("ann", {
    "Company Name": "Acme & Sons",
    plan: "pro",
    seats: 12,
    tags: ["beta", "eu"],
  });
  const emitted = [
    await emit("report.exported", { feature: "csv", ms: 830 }, { user: "ann" }),
    await emit("report.exported", { feature: "pdf", ms: 1210 }, { user: "unknown_user" }),
    await emit("account.upgraded", { plan: "enterprise" }, { user: "ann" }),
  ];
  await users.addProperties("ann", { plan: "enterprise" });
  return [...emitted, await emit("report.exported", { feature: "csv", ms: 790 }, { user: "ann" })];
}
