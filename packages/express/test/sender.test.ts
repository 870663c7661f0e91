import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type SendingAdapter, sendRequest, testSendingAdapter } from "@heron-webhooks/conformance";
import { type HeronSender, heronSender } from "@heron-webhooks/express";
import { createSender, memoryStore, type Sender } from "@heron-webhooks/sender";
import type { Request } from "express";
import { describe, expect, expectTypeOf, test } from "vitest";
import { listen, versions } from "./apps.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

for (const [version, express] of versions) {
  const adapter: SendingAdapter = {
    createSender: () =>
      createSender({
        store: memoryStore(),
        egress: { allow: ["127.0.0.0/8"], allowHttp: true },
        logger: silent,
      }),
    async open(sender, route) {
      const app = express();
      app.use(heronSender(sender));
      app.post("/", async (req, res) => void res.json((await route(req.heron)) ?? null));
      const inner = express.Router();
      inner.post("/", async (req, res) => void res.json((await route(req.heron)) ?? null));
      app.use("/inner", inner);
      const server = createServer(app).listen(0, "127.0.0.1");
      await once(server, "listening");
      const close = async (): Promise<void> => {
        await new Promise((resolve) => server.close(resolve));
        await sender.close();
      };
      return { port: (server.address() as AddressInfo).port, close };
    },
  };
  testSendingAdapter(version, adapter);

  describe(`the sender in an application of ${version}`, () => {
    test("is started by the call", async () => {
      await using sender = adapter.createSender();
      const notes: string[] = [];
      heronSender({ ...sender, start: () => void notes.push("started") });
      expect(notes).toEqual(["started"]);
    });

    test("is in the requests that come behind it, and changes nothing else of them", async () => {
      await using sender = adapter.createSender();
      const app = express();
      const seen: string[][] = [];
      const look = (req: Request): void => void seen.push(Object.keys(req).sort());
      app.use((req, _res, next) => next(look(req)));
      app.use(heronSender(sender));
      app.use((req, _res, next) => next(look(req)));
      app.post("/", express.json(), (req, res) => void res.json(req.body));
      await using server = await listen(app);
      const headers = { "content-type": "application/json" };
      const post = { method: "POST", path: "/", headers, body: '{"a":1}' };
      expect(await sendRequest(server.port, post)).toMatchObject({ status: 200, body: '{"a":1}' });
      const [before = [], behind] = seen;
      expect(behind).toEqual([...before, "heron"].sort());
    });

    test("of a route's own is only in that route", async () => {
      await using first = adapter.createSender();
      await using second = adapter.createSender();
      const app = express();
      const which = (req: Request): string => [first, second].map((sender) => sender === req.heron).join();
      app.use("/first", heronSender(first), (req, res) => void res.send(which(req)));
      app.use("/second", heronSender(second), (req, res) => void res.send(which(req)));
      app.use((req, res) => void res.send(which(req)));
      await using server = await listen(app);
      const answers = [];
      for (const path of ["/first", "/second", "/"])
        answers.push((await sendRequest(server.port, { path })).body);
      expect(answers).toEqual(["true,false", "false,true", "false,false"]);
    });
  });
}

test("the sender has its type in any request", () => {
  expectTypeOf<Request["heron"]>().toEqualTypeOf<Sender>();
  expectTypeOf<HeronSender>().toEqualTypeOf<Sender>();
  expectTypeOf(heronSender).parameter(0).toEqualTypeOf<Sender>();
  // @ts-expect-error what cannot close is no sender
  () => heronSender({ start() {} });
});
