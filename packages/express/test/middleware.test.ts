import { once } from "node:events";
import {
  createEventBody,
  createSignedPost,
  deferred,
  RawConnection,
  SECRET,
  sendRequest,
} from "@heron-webhooks/conformance";
import { heronWebhook } from "@heron-webhooks/express";
import type { Request, RequestHandler, Response } from "express";
import { describe, expect, test } from "vitest";
import { answerErrors, listen, versions } from "./apps.ts";

const PATH = "/webhooks/heron";
const DUPLICATE = { status: 200, body: '{"ok":true,"duplicate":true}' };

for (const [version, express] of versions)
  describe(`${version}, as middleware of a route`, () => {
    /** The route as documented, with a handler behind it. */
    function open(handler: RequestHandler) {
      const app = express();
      app.post(PATH, heronWebhook({ secret: SECRET, logger: false }), handler);
      app.use(answerErrors);
      return listen(app);
    }

    test("the handler finds the event and its context on the request", async () => {
      await using server = await open((req, res) => {
        const { id, form, secretIndex, rawBody, request: source } = req.heronContext ?? {};
        const raw = Buffer.from(rawBody ?? []).toString();
        res.json({ event: req.heronEvent, id, form, secretIndex, raw, same: source === req });
      });
      const body = createEventBody({ id: "evt_1" });
      const reply = await sendRequest(server.port, createSignedPost(body));
      expect(reply.status).toBe(200);
      expect(JSON.parse(reply.body)).toEqual({
        event: JSON.parse(body),
        id: "evt_1",
        form: "raw",
        secretIndex: 0,
        raw: body,
        same: true,
      });
    });

    test("what is not verified never gets to the handler", async () => {
      let reached = 0;
      await using server = await open((_req, res) => {
        reached++;
        res.end();
      });
      const { headers, ...post } = createSignedPost();
      expect(await sendRequest(server.port, { ...post, headers: {} })).toMatchObject({ status: 401 });
      expect(await sendRequest(server.port, { ...post, headers, body: createEventBody() })).toMatchObject({
        status: 401,
      });
      expect(await sendRequest(server.port, createSignedPost("{}"))).toMatchObject({ status: 400 });
      expect(reached).toBe(0);
    });

    for (const status of [200, 202, 204, 302, 399])
      test(`answered with ${status}, it is handled and a duplicate next time`, async () => {
        let runs = 0;
        await using server = await open((_req, res) => {
          runs++;
          res.status(status).end();
        });
        const post = createSignedPost();
        expect(await sendRequest(server.port, post)).toMatchObject({ status });
        expect(await sendRequest(server.port, post)).toMatchObject(DUPLICATE);
        expect(runs).toBe(1);
      });

    for (const status of [400, 404, 429, 500, 503])
      test(`answered with ${status}, it is not handled and can be retried`, async () => {
        let runs = 0;
        await using server = await open((_req, res) => void res.status(runs++ === 0 ? status : 200).end());
        const post = createSignedPost();
        expect(await sendRequest(server.port, post)).toMatchObject({ status });
        expect(await sendRequest(server.port, post)).toMatchObject({ status: 200, body: "" });
        expect(runs).toBe(2);
      });

    test("a handler that passes an error on has not handled it", async () => {
      let runs = 0;
      await using server = await open((_req, res, next) => {
        if (runs++ === 0) next(new Error("database down"));
        else res.end();
      });
      const post = createSignedPost();
      expect(await sendRequest(server.port, post)).toMatchObject({
        status: 500,
        body: '{"passedOn":"database down"}',
      });
      expect(await sendRequest(server.port, post)).toMatchObject({ status: 200 });
      expect(runs).toBe(2);
    });

    test("while its handler runs, the same event gets 409", async () => {
      const arrived = deferred<Response>();
      await using server = await open((_req, res) => arrived.resolve(res));
      const post = createSignedPost();
      const first = sendRequest(server.port, post);
      const response = await arrived.promise;
      expect(await sendRequest(server.port, post)).toMatchObject({ status: 409 });
      response.end("done");
      expect(await first).toMatchObject({ status: 200, body: "done" });
    });

    test("an event can be retried if its sender disconnects before the response", async () => {
      const arrived = deferred<Response>();
      let runs = 0;
      await using server = await open((_req, res) => {
        if (runs++ === 0) arrived.resolve(res);
        else res.end("again");
      });
      const post = createSignedPost();
      await using connection = await RawConnection.open(server.port);
      const head = Object.entries({ ...post.headers, host: "a", "content-length": post.body.length });
      const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      connection.write(`POST ${PATH} HTTP/1.1\r\n${lines}\r\n${post.body}`);
      const closed = once(await arrived.promise, "close");
      connection.reset();
      await closed;
      expect(await sendRequest(server.port, post)).toMatchObject({ status: 200, body: "again" });
    });

    test("an event can be retried if its sender disconnects before verification", async () => {
      const [asked, left] = [deferred<Response>(), deferred()];
      let runs = 0;
      const app = express();
      const secret = async ({ res }: Request): Promise<string> => {
        if (res !== undefined) asked.resolve(res);
        await left.promise;
        return SECRET;
      };
      const middleware = heronWebhook({ secret, logger: false });
      app.post(PATH, middleware, (_req, res) => void res.send(`run ${++runs}`));
      await using server = await listen(app);
      const post = createSignedPost();
      await using connection = await RawConnection.open(server.port);
      const head = Object.entries({ ...post.headers, host: "a", "content-length": post.body.length });
      const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      connection.write(`POST ${PATH} HTTP/1.1\r\n${lines}\r\n${post.body}`);
      const closed = once(await asked.promise, "close");
      connection.reset();
      await closed;
      left.resolve();
      // Whatever became of the first, it is over, and it was not answered.
      expect(await sendRequest(server.port, post)).toMatchObject({
        status: 200,
        body: expect.stringMatching(/^run/),
      });
      await middleware.receiver.close();
    });

    test("the secret function is given the request, with its route's parameters", async () => {
      const secrets = new Map([
        ["acme", "sec_acme"],
        ["umbrella", "sec_umbrella"],
      ]);
      const app = express();
      const secret = (req: { params: { customer?: string } }): string | null =>
        secrets.get(req.params.customer ?? "") ?? null;
      app.post("/hooks/:customer", heronWebhook({ secret, logger: false }), (req, res) => {
        res.send(req.params["customer"]);
      });
      await using server = await listen(app);
      const post = (customer: string, key: string) =>
        sendRequest(server.port, { ...createSignedPost(createEventBody(), key), path: `/hooks/${customer}` });
      expect(await post("acme", "sec_acme")).toMatchObject({ status: 200, body: "acme" });
      expect(await post("umbrella", "sec_acme")).toMatchObject({ status: 401 });
      expect(await post("__proto__", "sec_acme")).toMatchObject({ status: 401 });
    });

    test("customers of one receiver cannot swallow each other's events by their ids", async () => {
      const app = express();
      const secret = (req: { params: { customer?: string } }): string => `sec_${req.params.customer}`;
      app.post(
        "/hooks/:customer",
        heronWebhook({ secret, logger: false }),
        (_req, res) => void res.send("ran"),
      );
      await using server = await listen(app);
      for (const customer of ["acme", "umbrella"])
        expect(
          await sendRequest(server.port, {
            ...createSignedPost(createEventBody({ id: "evt_1", data: customer }), `sec_${customer}`),
            path: `/hooks/${customer}`,
          }),
        ).toMatchObject({ status: 200, body: "ran" });
    });
  });
