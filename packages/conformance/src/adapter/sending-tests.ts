import { describe, expect, test } from "vitest";
import type { Sender } from "../../../sender/src/index.ts";
import { CustomerServer } from "../customer-server.ts";
import { sendRequest } from "../http.ts";
import { RawConnection } from "../raw-connection.ts";
import { SECRET, signBody } from "../signed-request.ts";
import { createGate } from "./test-server.ts";

/** A server on loopback with a sender in it. */
export interface SendingServer {
  readonly port: number;
  /** Closes the application and the sender, as the adapter's documentation says. */
  close(): Promise<void>;
}

/** What the laws need to know of an adapter that puts a sender into an application. */
export interface SendingAdapter {
  /** One over a store in memory that may reach loopback, and that nobody has started. */
  createSender(): Sender;
  /**
   * Starts a server with the sender put in as the adapter's documentation says, and two routes that answer with the
   * JSON of what `route` makes of the sender they are handed: `POST /`, and `POST /inner` in a part of its own.
   */
  open(sender: Sender, route: (handed: unknown) => unknown): Promise<SendingServer>;
}

const post = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };

/** What every adapter that puts a sender into an application must keep, asked over real HTTP on loopback. */
export function testSendingAdapter(name: string, adapter: SendingAdapter): void {
  describe(`${name} keeps the laws of an application that sends`, () => {
    test("what a route emits arrives, signed, though nobody else started the sender", async () => {
      await using customer = await CustomerServer.open();
      const sender = adapter.createSender();
      await sender.webhooks.create({ url: customer.url, topics: ["invoice.*"], secret: SECRET });
      const server = await adapter.open(sender, (handed) =>
        (handed as Sender).emit("invoice.paid", { amount: 12.5 }),
      );
      const replies = [];
      for (const path of ["/", "/inner"]) replies.push(await sendRequest(server.port, { ...post, path }));
      const arrived = await customer.received(2);
      await server.close();
      const emitted = replies.map(({ body }) => JSON.parse(body) as { readonly id: string });
      expect(emitted).toMatchObject([{ deliveryCount: 1 }, { deliveryCount: 1 }]);
      expect(arrived).toHaveLength(2);
      for (const { headers, body } of arrived) {
        expect(headers["heron-signature"]).toBe(signBody(body, SECRET));
        expect(JSON.parse(body.toString())).toMatchObject({ topic: "invoice.paid", data: { amount: 12.5 } });
      }
      const ids = arrived.map(({ body }) => (JSON.parse(body.toString()) as { readonly id: string }).id);
      expect(ids.sort()).toEqual(emitted.map(({ id }) => id).sort());
    });

    test("a route is handed the very sender that was put in", async () => {
      const sender = adapter.createSender();
      const handed: unknown[] = [];
      const server = await adapter.open(sender, (given) => void handed.push(given));
      for (const path of ["/", "/inner"]) await sendRequest(server.port, { ...post, path });
      await server.close();
      expect(handed.map((given) => given === sender)).toEqual([true, true]);
    });

    test("what is no sender is an option that is invalid, when it is put in", async () => {
      const none: readonly unknown[] = [
        undefined,
        null,
        "sender",
        {},
        adapter.createSender,
        { start() {} },
        { close() {} },
      ];
      for (const given of none)
        await expect(adapter.open(given as Sender, () => null)).rejects.toMatchObject({
          name: "HeronError",
          code: "option_invalid",
          message: expect.stringMatching(/heronSender\(sender\)|heronSender, \{ sender \}/),
        });
    });

    test("a request that is under way when the application closes still emits, and that is delivered", async () => {
      await using customer = await CustomerServer.open();
      const sender = adapter.createSender();
      await sender.webhooks.create({ url: customer.url, topics: ["**"] });
      const [arrived, release] = [createGate(), createGate()];
      const server = await adapter.open(sender, async (handed) => {
        arrived.open();
        await release.opened;
        return (handed as Sender).emit("invoice.paid", null);
      });
      const reply = sendRequest(server.port, { ...post, path: "/" });
      await arrived.opened;
      const closed = server.close();
      while (await isListening(server.port));
      release.open();
      expect(await reply).toMatchObject({ status: 200 });
      await closed;
      expect(customer.requests).toHaveLength(1);
      await expect(sender.emit("invoice.paid", null)).rejects.toMatchObject({ code: "closed" });
    });
  });
}

async function isListening(port: number): Promise<boolean> {
  try {
    await using _ = await RawConnection.open(port);
    return true;
  } catch {
    return false;
  }
}
