import { createHmac } from "node:crypto";
import { verify } from "@heron-webhooks/core";
import { standardSecret } from "@heron-webhooks/sender";
import { expect, test } from "vitest";
import type { ConsolePage } from "./console-page.ts";
import type { Host } from "./host.ts";
import type { Received, Receiver } from "./receiver.ts";
import { PATIENCE, Stage } from "./stage.ts";
import { MARKS, WORDS } from "./words.ts";

const stage = Stage.set();

const PAID = { invoice: "in_1", amount: 12.5, currency: "EUR" } as const;

/** A webhook to a receiver that verifies what comes. */
async function wired(
  host: Host,
): Promise<{ readonly ann: ConsolePage; readonly receiver: Receiver; readonly id: string }> {
  const receiver = await stage.receiver();
  const ann = await stage.signedIn(host);
  const id = await ann.addWebhook({ url: receiver.at("/hooks"), topics: "invoice.*" });
  receiver.secrets = await ann.secrets();
  return { ann, receiver, id };
}

test("a receiver that is down: the page tells of each retry by itself, and of the delivery once it is mended", async () => {
  // Long enough that it is mended before ten attempts close the circuit.
  const host = await stage.host({ delays: Array(9).fill("2s") });
  const { ann, receiver } = await wired(host);
  receiver.isDown = true;
  await host.sender.for("acme").emit("invoice.paid", PAID);
  await ann.showNew(MARKS.retrying);
  await ann.openDelivery(MARKS.retrying);
  await ann.sees(MARKS.retryingOnce, ann.main);
  await ann.sees("Down for repairs", ann.main);
  await ann.sees(MARKS.retryingTwice, ann.main);
  receiver.isDown = false;
  await ann.sees(MARKS.delivered, ann.main);
  expect(receiver.received.map(({ body }) => body["data"])).toEqual([PAID]);
  // The list is told too.
  await ann.goTo("Deliveries");
  await ann.deliveries(MARKS.delivered).waitFor();
});

test("what died is recovered, all of it at once; and one by itself is sent again", async () => {
  const host = await stage.host({ delays: [1] });
  const { ann, receiver, id } = await wired(host);
  receiver.isDown = true;
  for (const amount of [1, 2]) await host.sender.for("acme").emit("invoice.paid", { ...PAID, amount });
  await ann.goTo("Deliveries");
  await expect.poll(() => ann.deliveries(MARKS.dead).count(), { timeout: PATIENCE }).toBe(2);

  receiver.isDown = false;
  await ann.deliveries(MARKS.dead).first().click();
  await ann.button(WORDS.sendAgain).click();
  await ann.sees(MARKS.delivered, ann.main);

  await ann.open(`webhooks/${id}`);
  await ann.isLive();
  await ann.recover();
  await ann.goTo("Deliveries");
  await expect.poll(() => ann.deliveries(MARKS.delivered).count(), { timeout: PATIENCE }).toBe(2);
  expect(receiver.received.map(({ body }) => body["data"])).toHaveLength(2);
});

test("a disabled webhook's deliveries are held, and go on when it is enabled", async () => {
  const host = await stage.host();
  const { ann, receiver } = await wired(host);
  await host.sender.accounts.disable("acme");
  await host.sender.for("acme").emit("invoice.paid", PAID);
  await ann.showNew();
  await ann.deliveries(MARKS.held).waitFor();
  await host.sender.accounts.enable("acme");
  await ann.deliveries(MARKS.delivered).waitFor();
  expect(receiver.received).toHaveLength(1);
});

test("a secret is rotated: while both are good, who has the old one or the new one verifies", async () => {
  const host = await stage.host();
  const { ann, receiver } = await wired(host);
  const [old = ""] = receiver.secrets;
  const [first = "", second = ""] = await ann.rotate();
  expect([first, second]).toContain(old);
  const current = first === old ? second : first;
  expect(current).not.toBe(old);

  for (const secrets of [[old], [old, current]]) {
    receiver.secrets = secrets;
    await ann.button(WORDS.test).click();
    await expect.poll(() => receiver.received.length, { timeout: PATIENCE }).toBe(secrets.length);
    await ann.sees(WORDS.took, ann.main);
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
  const key = Buffer.from(standardSecret(secret).replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${bytes.toString()}`;
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}
