import { createHmac } from "node:crypto";
import { verify } from "@heron-webhooks/core";
import { toStandardSecret } from "@heron-webhooks/sender";
import { expect, test } from "vitest";
import { BrowserHarness, WAIT_TIMEOUT_MS } from "./browser-harness.ts";
import type { ConsolePage } from "./console-page.ts";
import type { TestApplication } from "./host.ts";
import type { Received, TestReceiver } from "./receiver.ts";
import { STATUS_TEXTS, UI_TEXTS } from "./ui-texts.ts";

const harness = BrowserHarness.create();

const PAID = { invoice: "in_1", amount: 12.5, currency: "EUR" } as const;

/** A webhook to a receiver that verifies signatures. */
async function wired(
  host: TestApplication,
): Promise<{ readonly ann: ConsolePage; readonly receiver: TestReceiver; readonly id: string }> {
  const receiver = await harness.openReceiver();
  const ann = await harness.openSignedInPage(host);
  const id = await ann.addWebhook({ url: receiver.at("/hooks"), topics: "invoice.*" });
  receiver.secrets = await ann.secrets();
  return { ann, receiver, id };
}

test("the page shows each retry of a receiver that is down, and the delivery after its repair", async () => {
  // Long enough that the receiver is repaired before ten attempts open the circuit.
  const host = await harness.openApplication({ delays: Array(9).fill("2s") });
  const { ann, receiver } = await wired(host);
  receiver.isDown = true;
  await host.sender.forAccount("acme").emit("invoice.paid", PAID);
  await ann.showNew(STATUS_TEXTS.retrying);
  await ann.openDelivery(STATUS_TEXTS.retrying);
  await ann.waitForText(STATUS_TEXTS.retryingOnce, ann.main);
  await ann.waitForText("Down for repairs", ann.main);
  await ann.waitForText(STATUS_TEXTS.retryingTwice, ann.main);
  receiver.isDown = false;
  await ann.waitForText(STATUS_TEXTS.delivered, ann.main);
  expect(receiver.received.map(({ body }) => body["data"])).toEqual([PAID]);
  // The list is updated too.
  await ann.goTo("Deliveries");
  await ann.deliveries(STATUS_TEXTS.delivered).waitFor();
});

test("dead deliveries are replayed together, and one by one", async () => {
  const host = await harness.openApplication({ delays: [1] });
  const { ann, receiver, id } = await wired(host);
  receiver.isDown = true;
  for (const amount of [1, 2]) await host.sender.forAccount("acme").emit("invoice.paid", { ...PAID, amount });
  await ann.goTo("Deliveries");
  await expect.poll(() => ann.deliveries(STATUS_TEXTS.dead).count(), { timeout: WAIT_TIMEOUT_MS }).toBe(2);

  receiver.isDown = false;
  await ann.deliveries(STATUS_TEXTS.dead).first().click();
  await ann.button(UI_TEXTS.retryDelivery).click();
  await ann.waitForText(STATUS_TEXTS.delivered, ann.main);

  await ann.open(`webhooks/${id}`);
  await ann.waitForLive();
  await ann.recover();
  await ann.goTo("Deliveries");
  await expect
    .poll(() => ann.deliveries(STATUS_TEXTS.delivered).count(), { timeout: WAIT_TIMEOUT_MS })
    .toBe(2);
  expect(receiver.received.map(({ body }) => body["data"])).toHaveLength(2);
});

test("deliveries of a disabled webhook are paused until it is enabled", async () => {
  const host = await harness.openApplication();
  const { ann, receiver } = await wired(host);
  await host.sender.accounts.disable("acme");
  await host.sender.forAccount("acme").emit("invoice.paid", PAID);
  await ann.showNew();
  await ann.deliveries(STATUS_TEXTS.paused).waitFor();
  await host.sender.accounts.enable("acme");
  await ann.deliveries(STATUS_TEXTS.delivered).waitFor();
  expect(receiver.received).toHaveLength(1);
});

test("after a rotation receivers verify with the old and with the new secret", async () => {
  const host = await harness.openApplication();
  const { ann, receiver } = await wired(host);
  const [old = ""] = receiver.secrets;
  const [first = "", second = ""] = await ann.rotate();
  expect([first, second]).toContain(old);
  const current = first === old ? second : first;
  expect(current).not.toBe(old);

  for (const secrets of [[old], [old, current]]) {
    receiver.secrets = secrets;
    await ann.button(UI_TEXTS.test).click();
    await expect.poll(() => receiver.received.length, { timeout: WAIT_TIMEOUT_MS }).toBe(secrets.length);
    await ann.waitForText(UI_TEXTS.testDelivered, ann.main);
  }
  for (const request of receiver.received) {
    expect(verify(request.bytes, String(request.headers["heron-signature"]), old).secretIndex).toBe(0);
    for (const secret of [old, current])
      expect(standardSignatures(request)).toContain(standard(request, secret));
  }
});

function standardSignatures({ headers }: Received): readonly string[] {
  return String(headers["webhook-signature"]).split(" ");
}

/** Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function standard({ bytes, headers }: Received, secret: string): string {
  const key = Buffer.from(toStandardSecret(secret).replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${bytes.toString()}`;
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}
