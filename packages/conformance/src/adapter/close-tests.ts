import { expect } from "vitest";
import { RawConnection } from "../raw-connection.ts";
import { createSignedPost, PATH } from "../signed-request.ts";
import type { AdapterUnderTest } from "../types.ts";
import { createAdapterTest, createGate } from "./test-server.ts";

export function testClose(adapter: AdapterUnderTest): void {
  const adapterTest = createAdapterTest(adapter);

  adapterTest("close waits for running handlers", async (open) => {
    const [started, release] = [createGate(), createGate()];
    const order: string[] = [];
    const on = {
      "**": async () => {
        started.open();
        await release.opened;
        order.push("handled");
      },
    };
    const opened = await open({ on });
    const close = opened.server.closeReceiver ?? opened.server.close;
    const response = opened.send(createSignedPost());
    await started.opened;
    const closed = close().then(() => order.push("closed"));
    // A second call resolves together with the first.
    const again = opened.server.closeReceiver?.().then(() => order.push("closed"));
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    release.open();
    expect(await response).toMatchObject({ status: 200 });
    await Promise.all([closed, again]);
    expect(order.slice(0, 2)).toEqual(["handled", "closed"]);
  });

  adapterTest("close also waits for a handler after its timeout", async (open) => {
    const [started, release] = [createGate(), createGate()];
    const order: string[] = [];
    const on = {
      "**": async () => {
        started.open();
        await release.opened;
        order.push("handled");
      },
    };
    const { server, send, clock } = await open({ on });
    const response = send(createSignedPost());
    await started.opened;
    await clock.advance(9000);
    expect(await response).toMatchObject({ status: 503 });
    const closed = (server.closeReceiver ?? server.close)().then(() => order.push("closed"));
    // By then the server has closed its connections.
    if (server.closeReceiver === undefined) await expect(send({ path: "/" })).rejects.toThrow();
    await new Promise(setImmediate);
    release.open();
    await closed;
    expect(order).toEqual(["handled", "closed"]);
  });

  adapterTest("a request whose body is being read is not handled after close", async (open) => {
    const order: string[] = [];
    const on = { "**": () => void order.push("handled") };
    const { server, clock } = await open({ on });
    const { headers, body } = createSignedPost();
    await using connection = await RawConnection.open(server.port);
    const lines = Object.entries({ ...headers, "content-length": body.length }).map((header) =>
      header.join(": "),
    );
    connection.write(`POST ${PATH} HTTP/1.1\r\nHost: a\r\n${lines.join("\r\n")}\r\n\r\n${body.slice(0, -1)}`);
    await clock.waitForTimer(5000);
    const closed = (server.closeReceiver ?? server.close)().then(() => order.push("closed"));
    await new Promise(setImmediate);
    connection.write(body.slice(-1));
    const { status } = await connection.readResponse();
    // A closing server waits for open connections.
    connection.reset();
    await closed;
    expect(order).toEqual(status === 200 ? ["handled", "closed"] : ["closed"]);
  });

  adapterTest("after close requests get 503, and other routes work", async (open) => {
    const { server, send, handled } = await open();
    // If the receiver closes with its application, nothing can respond.
    if (server.closeReceiver === undefined) return;
    await server.closeReceiver();
    const response = await send(createSignedPost());
    expect(response).toMatchObject({
      status: 503,
      body: '{"error":"closed"}',
      headers: { "retry-after": "1" },
    });
    expect(await send({ path: "/" })).toMatchObject({ status: 200 });
    expect(handled).toEqual([]);
  });
}
