import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createServer, getCACertificates, setDefaultCACertificates, type TLSSocket } from "node:tls";
import { generate } from "selfsigned";
import { Agent, request } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { forbiddenError, mayReach, parseRanges } from "../src/egress/addresses.ts";
import { type ConnectionOwner, guardedConnector } from "../src/egress/connector.ts";
import { Resolver } from "../src/egress/resolver.ts";
import { createStartedSender, waitForState } from "./create-test-sender.ts";
import { BadReceiver } from "./faults/bad-receiver.ts";
import { NameServer, type Zone } from "./name-server.ts";
import { RecordingServer } from "./recording-server.ts";

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
  "64:ff9b::a9fe:a9fe",
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
  "64:ff9b::5db8:d822",
];

const ownerOf = (): ConnectionOwner => ({ account: "acme", cancelConnect: undefined });

describe("addresses", () => {
  test.each(INSIDE)("%j is not on the public internet", (address) =>
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
  async function codeOf(
    url: string,
    zone: Zone | ((query: number) => Zone) = {},
    maxLookupMs = 10_000,
    discovery: Zone = {},
  ): Promise<unknown> {
    await using server = await NameServer.open();
    server.zones.set("hook.test", zone).set("ipv4only.arpa", discovery);
    const connect = guardedConnector({
      allowed: parseRanges(["127.0.0.2/31"]),
      connectMs: 10_000,
      resolver: new Resolver({ servers: [server.address], maxLookupMs }),
      ownerOf,
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
      await using sink = await RecordingServer.open();
      expect(await codeOf(`http://${host}:${new URL(sink.url).port}/`)).toBe("address_forbidden");
      expect(sink.requests).toEqual([]);
    },
  );

  test.each([
    ["all of its addresses are inside", { A: ["10.0.0.1", "127.0.0.1"], AAAA: ["fd00::1"] }],
    ["NAT64 leads inside", { AAAA: ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"] }],
  ])("a name is refused if %s", async (_, zone) => {
    expect(await codeOf("http://hook.test/", zone)).toBe("address_forbidden");
  });

  test("of a name, IPv6 addresses are not used while NAT64 prefixes are unknown, and IPv4 addresses are", async () => {
    const dead: Zone = { silent: ["A", "AAAA"] };
    expect(await codeOf("http://hook.test/", { AAAA: ["2001:db8::1"] }, 300, dead)).toBe("EAGAIN");
    await using receiver = await BadReceiver.open(
      (socket) => socket.end("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n"),
      "127.0.0.2",
    );
    const both = { A: ["127.0.0.2"], AAAA: ["2001:db8::1"] };
    expect(await codeOf(`http://hook.test:${receiver.port}/`, both, 10_000, dead)).toBe(200);
  });

  test("the error for an address inside names no option of the application, and its cause does", () => {
    for (const host of ["hook.test", "10.0.0.1"]) {
      const { message, cause } = forbiddenError(host);
      expect(message).toContain(host);
      expect(message).not.toMatch(/egress|allow|\{/);
      expect(String(cause)).toContain("egress.allow");
    }
  });

  test("of a name with addresses inside and outside, only those outside are connected to", async () => {
    await using inside = await RecordingServer.open();
    const { port } = new URL(inside.url);
    // Nothing listens at the address outside.
    const zone = { A: ["127.0.0.1", "127.0.0.2", "10.0.0.1"] };
    expect(await codeOf(`http://hook.test:${port}/`, zone)).toBe("ECONNREFUSED");
    expect(inside.requests).toEqual([]);
    await using outside = await BadReceiver.open(
      (socket) => socket.end("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n"),
      "127.0.0.2",
      Number(port),
    );
    expect(await codeOf(`http://hook.test:${port}/`, zone)).toBe(200);
    expect([outside.requests, inside.requests]).toEqual([1, []]);
  });

  test("the next address is tried where one refuses", async () => {
    await using receiver = await BadReceiver.open(
      (socket) => socket.end("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n"),
      "127.0.0.2",
    );
    const zone = { A: ["127.0.0.3", "127.0.0.2"], AAAA: ["::1"] };
    expect(await codeOf(`http://hook.test:${receiver.port}/`, zone)).toBe(200);
  });

  test("over https the certificate is checked against the name, not the address", async () => {
    const certify = async (name: string): Promise<{ key: string; cert: string }> => {
      const { private: key, cert } = await generate([{ name: "commonName", value: name }], {
        keyType: "ec",
        extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: name }] }],
      });
      return { key, cert };
    };
    const [right, wrong] = await Promise.all([certify("hook.test"), certify("other.test")]);
    const before = getCACertificates();
    setDefaultCACertificates([...before, right.cert, wrong.cert]);
    onTestFinished(() => setDefaultCACertificates(before));
    const names: unknown[] = [];
    const answers = async ({ key, cert }: { key: string; cert: string }): Promise<unknown> => {
      const server = createHttpsServer({ key, cert }, (request, response) => {
        names.push([(request.socket as TLSSocket).servername, request.headers.host]);
        response.end();
      });
      await new Promise<void>((listening) => server.listen(0, "127.0.0.2", listening));
      const { port } = server.address() as AddressInfo;
      const code = await codeOf(`https://hook.test:${port}/`, { A: ["127.0.0.2"] });
      server.close();
      return [code, port];
    };
    const [code, port] = (await answers(right)) as [unknown, number];
    expect([code, names]).toEqual([200, [["hook.test", `hook.test:${port}`]]]);
    expect(await answers(wrong)).toEqual(["ERR_TLS_CERT_ALTNAME_INVALID", expect.any(Number)]);
    expect(names).toHaveLength(1);
  });

  test.each([
    ["does not exist", { rcode: "NXDOMAIN" }, "ENOTFOUND"],
    ["has no address", {}, "ENODATA"],
    ["has a name server that fails", { rcode: "SERVFAIL" }, "ESERVFAIL"],
    ["has a name server that never answers", { silent: ["A", "AAAA"] }, "ETIMEOUT", 300],
  ] as const)("a name that %s fails with its code", async (_, zone, code, maxLookupMs?: number) => {
    expect(await codeOf("http://hook.test/", zone, maxLookupMs)).toBe(code);
  });

  test("a name that resolves otherwise the second time is connected to where it was checked", async () => {
    await using sink = await RecordingServer.open();
    const { port } = new URL(sink.url);
    // Nothing listens at the address that was checked; at the one that a second look-up would give, something does.
    const zone = (query: number): Zone => ({ A: [query <= 2 ? "127.0.0.2" : "127.0.0.1"], ttl: 0 });
    expect(await codeOf(`http://hook.test:${port}/`, zone)).toBe("ECONNREFUSED");
    expect(sink.requests).toEqual([]);
  });
});

describe("a sender that was allowed nothing", () => {
  test("makes no webhook to an address of its own network", async () => {
    const { sender } = createStartedSender({ egress: {} });
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
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ egress: { allowHttp: true } });
    await using _ = sender;
    await sender.webhooks.create({ url: `http://localhost:${new URL(sink.url).port}/`, topics: ["**"] });
    await sender.emit("a.b", null);
    const [id = ""] = await waitForState(sender, "dead");
    expect((await sender.deliveries.get(id))?.delivery.reason).toContain(
      "localhost has no address on the public",
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
  const connect = guardedConnector({
    allowed: parseRanges(["127.0.0.0/8"]),
    connectMs: 1000,
    resolver: new Resolver(),
    ownerOf,
  });
  const to = { hostname: "127.0.0.1", protocol: "https:", port: String(port) };
  await new Promise<void>((ended) => connect(to, () => ended()));
  server.close();
  expect(offered).toEqual([["http/1.1"]]);
});
