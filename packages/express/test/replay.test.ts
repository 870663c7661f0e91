import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CapturingLogger,
  createEventBody,
  createSignedPost,
  RawConnection,
  SECRET,
  sendRequest,
  signBody,
} from "@heron-webhooks/conformance";
import { heronWebhook } from "@heron-webhooks/express";
import type { Express, RequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { type ExpressVersion, listen, versions } from "./apps.ts";

const PATH = "/webhooks/heron";
const everything = (): boolean => true;

type ExpressModule = typeof import("express");

interface Parser {
  readonly name: string;
  readonly make: (express: ExpressModule) => RequestHandler;
  /** What it leaves as `req.body`. */
  readonly toExpected: (body: string, version: ExpressVersion) => unknown;
}

const parsers: readonly Parser[] = [
  { name: "express.json()", make: (e) => e.json({ limit: "2mb" }), toExpected: (body) => JSON.parse(body) },
  {
    name: "express.text()",
    make: (e) => e.text({ type: everything, limit: "2mb" }),
    toExpected: (body) => body,
  },
  {
    name: "express.raw()",
    make: (e) => e.raw({ type: everything, limit: "2mb" }),
    toExpected: (body) => body,
  },
  {
    name: "express.urlencoded()",
    make: (e) => e.urlencoded(),
    toExpected: (_, version) => (version === "Express 4" ? {} : null),
  },
  { name: "no parser", make: () => (_req, _res, next) => next(), toExpected: () => null },
];

/** The ways in which a body may arrive. */
const arrivals: ReadonlyMap<string, (body: string) => readonly string[]> = new Map([
  ["in one packet with its head", (body) => [`${head(body, `Content-Length: ${length(body)}`)}${body}`]],
  ["after its head", (body) => [head(body, `Content-Length: ${length(body)}`), body]],
  [
    "in three packets",
    (body) => [
      `${head(body, `Content-Length: ${length(body)}`)}${body.slice(0, 9)}`,
      ...halves(body.slice(9)),
    ],
  ],
  ["in one chunk", (body) => [`${head(body, "Transfer-Encoding: chunked")}${chunk(body)}${chunk("")}`]],
  ["in chunks", (body) => [head(body, "Transfer-Encoding: chunked"), ...halves(body).map(chunk), chunk("")]],
  [
    "in a request of HTTP/1.0",
    (body) => [`${head(body, `Connection: keep-alive\r\nContent-Length: ${length(body)}`, "1.0")}${body}`],
  ],
]);

function head(body: string, framing: string, version = "1.1"): string {
  return `POST ${PATH} HTTP/${version}\r\nHost: a\r\nContent-Type: application/json\r\nHeron-Signature: ${signBody(body)}\r\n${framing}\r\n\r\n`;
}

function length(body: string): number {
  return Buffer.byteLength(body);
}

function chunk(data: string): string {
  return `${length(data).toString(16)}\r\n${data}\r\n`;
}

function halves(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

/** Each part arrives on its own: the server has had time to look at the one before. */
async function send(connection: RawConnection, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    connection.write(part);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

for (const [version, express] of versions) {
  /** The receiver, what stands behind it, and a route that answers with what it finds. */
  function application(
    behind: RequestHandler,
    secret: () => Promise<string> | string = () => SECRET,
  ): Express {
    const app = express();
    app.use(heronWebhook({ secret, logger: false, dedupe: false }));
    app.use(behind);
    app.post(PATH, (req, res) => {
      const body: unknown = req.body;
      res.json({ topic: req.heronEvent?.topic, body: Buffer.isBuffer(body) ? String(body) : (body ?? null) });
    });
    app.all("/other", (req, res) => void res.json({ body: (req.body as unknown) ?? null }));
    return app;
  }

  describe(`${version}, what stands behind the receiver reads the body`, () => {
    for (const { name, make, toExpected } of parsers)
      for (const [arrival, toParts] of arrivals)
        test(`${name}, ${arrival}`, async () => {
          const behind = make(express);
          await using server = await listen(application(behind));
          await using connection = await RawConnection.open(server.port);
          // The connection carries a second event, and another request, as if nothing had read the first.
          for (const size of [0, 20_000, 1_000_000]) {
            const body = createEventBody({ data: "x".repeat(size) });
            await send(connection, toParts(body));
            const reply = await connection.readResponse();
            expect([size, reply.status]).toEqual([size, 200]);
            const answer = JSON.parse(decodeChunked(reply)) as {
              readonly topic: string;
              readonly body: unknown;
            };
            expect(answer.topic).toBe("end_user.processed");
            expect(answer.body).toEqual(toExpected(body, version));
          }
          connection.write("POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
          expect((await connection.readResponse()).status).toBe(200);
        });

    test("after a secret that took its time, too", async () => {
      const later = async (): Promise<string> => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return SECRET;
      };
      await using server = await listen(application(express.json(), later));
      for (const toParts of arrivals.values()) {
        const body = createEventBody();
        await using connection = await RawConnection.open(server.port);
        await send(connection, toParts(body));
        expect(JSON.parse((await connection.readResponse()).body)).toMatchObject({ body: JSON.parse(body) });
      }
    });

    test("pipelined events are answered one after another", async () => {
      await using server = await listen(application(express.json()));
      await using connection = await RawConnection.open(server.port);
      const bodies = [1, 2, 3, 4].map((data) => createEventBody({ data }));
      connection.write(
        bodies.map((body) => `${head(body, `Content-Length: ${length(body)}`)}${body}`).join(""),
      );
      for (const body of bodies)
        expect(JSON.parse((await connection.readResponse()).body)).toMatchObject({ body: JSON.parse(body) });
    });

    test("a proxy passes it on, byte for byte", async () => {
      const target = createServer(async (req, res) => {
        const hash = createHash("sha256");
        for await (const bytes of req) hash.update(bytes as Buffer);
        res.end(hash.digest("hex"));
      }).listen(0, "127.0.0.1");
      await once(target, "listening");
      const { port } = target.address() as AddressInfo;
      const app = express();
      app.use(heronWebhook({ secret: SECRET, logger: false, dedupe: false }), (req, res) => {
        const { method, headers } = req;
        req.pipe(
          httpRequest({ port, host: "127.0.0.1", method, headers }, (answer) => {
            res.setHeader("content-length", answer.headers["content-length"] ?? "");
            answer.pipe(res);
          }),
        );
      });
      await using server = await listen(app);
      for (const toParts of arrivals.values()) {
        const body = createEventBody({ data: "é".repeat(100_000) });
        const parts = toParts(body).map((part) => Buffer.from(part, "utf8").toString("latin1"));
        await using connection = await RawConnection.open(server.port);
        await send(connection, parts);
        const reply = await connection.readResponse();
        expect([reply.status, decodeChunked(reply)]).toEqual([
          200,
          createHash("sha256").update(body).digest("hex"),
        ]);
      }
      target.closeAllConnections();
      target.close();
    });

    test("a second receiver verifies the same bytes, whatever has read them in between", async () => {
      const app = express();
      const heron = heronWebhook({ secret: SECRET, logger: false, dedupe: false });
      app.use(heron, express.json(), heron);
      app.post(PATH, (_req, res) => void res.send("reached"));
      await using server = await listen(app);
      expect(await sendRequest(server.port, createSignedPost())).toMatchObject({
        status: 200,
        body: "reached",
      });
      expect(await sendRequest(server.port, { ...createSignedPost(), body: "{}" })).toMatchObject({
        status: 401,
      });
    });

    test("a rejected body is not read, and the connection stays open", async () => {
      await using server = await listen(application(express.json()));
      await using connection = await RawConnection.open(server.port);
      const body = createEventBody({ data: "x".repeat(200_000) });
      for (const toParts of arrivals.values()) {
        await send(
          connection,
          toParts(body).map((part) => part.replace("end_user.processed", "end_user.forgeries")),
        );
        expect((await connection.readResponse()).status).toBe(401);
      }
    });

    test("where somebody reads already, parsers behind leave it alone", async () => {
      const app = express();
      let seen = "";
      app.use((req, _res, next) => {
        req.on("data", (bytes: Buffer) => {
          seen += bytes.toString();
        });
        next();
      });
      app.use(heronWebhook({ secret: SECRET, logger: new CapturingLogger() }), express.json());
      app.post(PATH, (req, res) => void res.send(req.heronEvent?.topic));
      await using server = await listen(app);
      for (const size of [1, 400_000]) {
        seen = "";
        const body = createEventBody({ data: "x".repeat(size) });
        expect(await sendRequest(server.port, createSignedPost(body))).toMatchObject({
          status: 200,
          body: "end_user.processed",
        });
        expect(seen).toBe(body);
      }
    });

    test("an unread body is discarded after the response, and the request ends", async () => {
      const ended: Promise<unknown>[] = [];
      const app = express();
      app.use((req, _res, next) => {
        ended.push(once(req, "close"));
        next();
      });
      app.use(heronWebhook({ secret: SECRET, logger: false, dedupe: false }));
      app.post(PATH, (_req, res) => void res.sendStatus(204));
      await using server = await listen(app);
      for (const toParts of arrivals.values()) {
        await using connection = await RawConnection.open(server.port);
        await send(connection, toParts(createEventBody({ data: "x".repeat(200_000) })));
        expect((await connection.readResponse()).status).toBe(204);
        await ended.pop();
      }
    });

    test("a server with a connection kept alive closes", async () => {
      const server = createServer(application(express.json())).listen(0, "127.0.0.1");
      await once(server, "listening");
      await using connection = await RawConnection.open((server.address() as AddressInfo).port);
      const body = createEventBody();
      connection.write(`${head(body, `Content-Length: ${length(body)}`)}${body}`);
      expect((await connection.readResponse()).status).toBe(200);
      server.close();
      server.closeIdleConnections();
      await once(server, "close");
    });
  });
}

function decodeChunked({
  headers,
  body,
}: {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}): string {
  if (headers.get("transfer-encoding") !== "chunked") return body;
  let [rest, text] = [body, ""];
  for (;;) {
    const start = rest.indexOf("\r\n") + 2;
    const size = Number.parseInt(rest, 16);
    if (!(size > 0)) return text;
    text += rest.slice(start, start + size);
    rest = rest.slice(start + size + 2);
  }
}
