import type { LookupAddress } from "node:dns";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { Agent, request } from "undici";
import { describe, expect, test } from "vitest";
import { mayReach, parseRanges } from "../src/egress/addresses.ts";
import { guardedConnector } from "../src/egress/connector.ts";
import { inState, opened } from "./opened.ts";
import { Sink } from "./sink.ts";

const INSIDE = [
  "0.0.0.0",
  "10.0.0.1",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.255",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.2.1",
  "192.168.0.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "168.63.129.16",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:a00:1",
  "::ffff:168.63.129.16",
  "64:ff9b::7f00:1",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "ff02::1",
  "3fff::1",
  "4000::1",
  "5f00::1",
  "",
  "localhost",
  "1.2.3",
  "1.2.3.4.5",
];
const OUTSIDE = [
  "1.1.1.1",
  "8.8.8.8",
  "93.184.216.34",
  "172.32.0.1",
  "2606:4700:4700::1111",
  "2a00:1450::1",
  "::ffff:8.8.8.8",
];

describe("addresses", () => {
  test.each(INSIDE)("%j is not of the public internet", (address) =>
    expect(mayReach(address, [])).toBe(false),
  );
  test.each(OUTSIDE)("%j is", (address) => expect(mayReach(address, [])).toBe(true));

  test("a range that is allowed may be reached, and no other for it", () => {
    const ranges = parseRanges(["127.0.0.0/8", "::1/128"]);
    expect(["127.9.9.9", "::ffff:127.0.0.1", "::1"].map((address) => mayReach(address, ranges))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["10.0.0.1", "::2"].map((address) => mayReach(address, ranges))).toEqual([false, false]);
    expect(() => parseRanges(["127.0.0.1"])).toThrow(expect.objectContaining({ code: "option_invalid" }));
  });
});

describe("connections", () => {
  async function codeOf(url: string, resolved: readonly (readonly string[])[] = []): Promise<unknown> {
    let asked = 0;
    const connect = guardedConnector({
      allowed: parseRanges(["127.0.0.2/32"]),
      connectMs: 2000,
      resolve: (_, callback) => {
        const addresses = (resolved[asked++] ?? []).map((address): LookupAddress => ({ address, family: 4 }));
        callback(null, addresses);
      },
    });
    const agent = new Agent({ connect });
    try {
      const { statusCode, body } = await request(url, { dispatcher: agent, method: "POST", body: "{}" });
      await body.dump();
      return statusCode;
    } catch (error) {
      return (error as { code?: string }).code;
    } finally {
      await agent.destroy();
    }
  }

  test.each(["127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"])(
    "a literal is looked at in every spelling: %s",
    async (host) => {
      await using sink = await Sink.open();
      expect(await codeOf(`http://${host}:${new URL(sink.url).port}/`)).toBe("address_forbidden");
      expect(sink.requests).toEqual([]);
    },
  );

  test("a name is refused if any of its addresses is inside", async () => {
    expect(await codeOf("http://hook.test/", [["127.0.0.2", "10.0.0.1"]])).toBe("address_forbidden");
    expect(await codeOf("http://hook.test/", [[]])).toBe("address_forbidden");
  });

  test("a name that resolves otherwise the second time is connected to where it was vetted", async () => {
    await using sink = await Sink.open();
    const { port } = new URL(sink.url);
    // Nothing listens at the vetted address; at the one that a second look-up would give, something does.
    expect(await codeOf(`http://hook.test:${port}/`, [["127.0.0.2"], ["127.0.0.1"]])).toBe("ECONNREFUSED");
    expect(sink.requests).toEqual([]);
  });
});

describe("a sender that was allowed nothing", () => {
  test("makes no webhook to an address of its own network", async () => {
    const { sender } = opened({ egress: {} });
    await using _ = sender;
    for (const url of ["https://10.0.0.1/", "https://[::1]/", "https://2130706433/"])
      await expect(sender.webhooks.create({ url, topics: ["**"] })).rejects.toMatchObject({
        code: "address_forbidden",
      });
    await expect(
      sender.webhooks.create({ url: "http://example.com/", topics: ["**"] }),
    ).rejects.toMatchObject({
      code: "url_invalid",
    });
  });

  test("reaches none by a name either, and its delivery says so", async () => {
    await using sink = await Sink.open();
    const { sender } = opened({ egress: { http: true } });
    await using _ = sender;
    await sender.webhooks.create({ url: `http://localhost:${new URL(sink.url).port}/`, topics: ["**"] });
    await sender.emit("a.b", null);
    const [id = ""] = await inState(sender, "dead");
    expect((await sender.deliveries.get(id))?.delivery.reason).toContain(
      "localhost is not an address of the public",
    );
    expect(sink.requests).toEqual([]);
  });
});

test("a receiver that speaks HTTP/2 is offered HTTP/1.1 only", async () => {
  const offered: (readonly string[])[] = [];
  const ALPNCallback = ({ protocols }: { readonly protocols: string[] }): undefined => {
    offered.push(protocols);
  };
  const server = createServer({ ALPNCallback }).on("tlsClientError", () => {});
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const connect = guardedConnector({ allowed: parseRanges(["127.0.0.0/8"]), connectMs: 1000 });
  const to = { hostname: "127.0.0.1", protocol: "https:", port: String(port) };
  await new Promise<void>((ended) => connect(to, () => ended()));
  server.close();
  expect(offered).toEqual([["http/1.1"]]);
});
