import { describe, expect, test } from "vitest";
import type { Sender } from "../../../sender/src/index.ts";
import { CustomerServer } from "../customer-server.ts";
import { sendRequest } from "../http.ts";
import { RawConnection } from "../raw-connection.ts";
import { SECRET, signBody } from "../signed-request.ts";
import { createGate } from "./test-server.ts";

/** A server on loopback with a sender. */
export interface SendingServer {
  readonly port: number;
  /** Closes the application and the sender as documented. */
  close(): Promise<void>;
}

/** An adapter that adds a sender to an application. */
export interface SendingAdapter {
  /** Creates a sender with a store in memory that may reach loopback. It is not started. */
  createSender(): Sender;
  /**
   * Starts a server with the sender added as documented, and two routes that call `route` with their sender and respond
   * with its result as JSON: `POST /`, and `POST /inner` in a nested scope.
   */
  open(sender: Sender, route: (handed: unknown) => unknown): Promise<SendingServer>;
}

const post = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };

/** The tests of adapters that add a sender, over real HTTP on loopback. */
export function testSendingAdapter(name: string, adapter: SendingAdapter): void {
  describe(`${name} (sender adapter conformance)`, () => {
    test("an event emitted by a route is delivered and signed without an explicit start", async () => {
      await using customer = await CustomerServer.open();
      const sender = adapter.createSender();
      await sender.webhooks.create({ url: customer.url, topics: ["invoice.*"], secret: SECRET });
      const server = await adapter.open(sender, (handed) =>
        (handed as Sender).emit("invoice.paid", { amount: 12.5 }),
      );
      const responses = [];
      for (const path of ["/", "/inner"]) responses.push(await sendRequest(server.port, { ...post, path }));
      const arrived = await customer.received(2);
      await server.close();
      const emitted = responses.map(({ body }) => JSON.parse(body) as { readonly id: string });
      expect(emitted).toMatchObject([{ deliveryCount: 1 }, { deliveryCount: 1 }]);
      expect(arrived).toHaveLength(2);
      for (const { headers, body } of arrived) {
        expect(headers["heron-signature"]).toBe(signBody(body, SECRET));
        expect(JSON.parse(body.toString())).toMatchObject({ topic: "invoice.paid", data: { amount: 12.5 } });
      }
      const ids = arrived.map(({ body }) => (JSON.parse(body.toString()) as { readonly id: string }).id);
      expect(ids.sort()).toEqual(emitted.map(({ id }) => id).sort());
    });

    test("a route gets the same sender", async () => {
      const sender = adapter.createSender();
      const handed: unknown[] = [];
      const server = await adapter.open(sender, (given) => void handed.push(given));
      for (const path of ["/", "/inner"]) await sendRequest(server.port, { ...post, path });
      await server.close();
      expect(handed.map((given) => given === sender)).toEqual([true, true]);
    });

    test("a value that is no sender is option_invalid at registration", async () => {
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

    test("a request in flight while the application closes can emit, and its event is delivered", async () => {
      await using customer = await CustomerServer.open();
      const sender = adapter.createSender();
      await sender.webhooks.create({ url: customer.url, topics: ["**"] });
      const [arrived, release] = [createGate(), createGate()];
      const server = await adapter.open(sender, async (handed) => {
        arrived.open();
        await release.opened;
        return (handed as Sender).emit("invoice.paid", null);
      });
      const response = sendRequest(server.port, { ...post, path: "/" });
      await arrived.opened;
      const closed = server.close();
      while (await isListening(server.port));
      release.open();
      expect(await response).toMatchObject({ status: 200 });
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
