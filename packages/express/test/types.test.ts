import type {
  Handlers,
  JsonSchema,
  Logger,
  OnError,
  Receiver,
  SecretFunction,
  Secrets,
} from "@heron-webhooks/express";
import { cachedSecrets, heronWebhook } from "@heron-webhooks/express";
import type { Request } from "express";
import { expect, test } from "vitest";

// What an application may name, or TypeScript must name in its declarations (TS2742).
const handlers: Handlers = { "pdf.failed": (event) => event.topic };
const logger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const onError: OnError = () => {};
const schema: JsonSchema = { type: "object" };
const find: Secrets = ["sec_a"];

test("the types that an application writes down are exported", async () => {
  const secret: SecretFunction<Request> = cachedSecrets({ key: () => "acme", load: () => find });
  const { receiver } = heronWebhook({ secret, logger, onError, schemas: { "pdf.*": schema }, on: handlers });
  const named: Receiver<Request> = receiver;
  expect(named.path).toBe("/webhooks/heron");
  await named.close();
});
