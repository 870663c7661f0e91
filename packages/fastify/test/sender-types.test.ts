import { fileURLToPath } from "node:url";
import { getTypeErrors } from "@heron-webhooks/conformance";
import { expect, test } from "vitest";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const packages = {
  "@heron-webhooks/fastify": folder("../"),
  "@heron-webhooks/sender": folder("../../sender"),
  "@types/node": folder("../../../node_modules/@types/node"),
  fastify: folder("../node_modules/fastify"),
};

test("who only receives may have a heron of their own", async () => {
  const { "@heron-webhooks/sender": _, ...installed } = packages;
  const code = `
import { heronWebhook } from "@heron-webhooks/fastify";
import fastify from "fastify";
const app = fastify();
await app.register(heronWebhook, { on: {} });
// @ts-expect-error there is no sender
app.heron;
declare module "fastify" { interface FastifyRequest { heron: "a client" } }
export const client = (request: import("fastify").FastifyRequest): "a client" => request.heron;
`;
  expect(await getTypeErrors({ code, packages: installed })).toBe("");
  const own = `
import { heronWebhook } from "@heron-webhooks/fastify";
import fastify from "fastify";
declare module "fastify" { interface FastifyInstance { heron: "a client" } }
const app = fastify();
await app.register(heronWebhook, { on: {} });
export const client: "a client" = app.heron;
`;
  expect(await getTypeErrors({ code: own, packages: installed })).toBe("");
}, 60_000);

test("a sender has its type with no more than its import", async () => {
  const code = `
import { heronSender } from "@heron-webhooks/fastify";
import { createSender, type Sender } from "@heron-webhooks/sender";
import fastify from "fastify";
const app = fastify();
await app.register(heronSender, { sender: createSender() });
export const sender: Sender = app.heron;
// @ts-expect-error a topic is a string
await app.heron.emit(1, null);
`;
  expect(await getTypeErrors({ code, packages })).toBe("");
}, 60_000);

test("a sender that knows its topics keeps their types, though it is made with what the application has", async () => {
  const code = `
import { heronSender } from "@heron-webhooks/fastify";
import { createSender, type Sender } from "@heron-webhooks/sender";
import fastify from "fastify";
const app = fastify();
const topics = { "invoice.paid": { example: { amount: 12.5 } } };
declare global { namespace HeronWebhooks { interface Types { readonly sender: Sender<typeof topics> } } }
const sender = createSender({ topics, logger: app.log });
await app.register(heronSender, { sender });
await app.heron.emit("invoice.paid", { amount: 1 });
// @ts-expect-error it has no such topic
await app.heron.emit("invoice.lost", { amount: 1 });
await app.heron.forAccount("acme").emit("invoice.paid", { amount: 1 });
// @ts-expect-error nor has it for one account
await app.heron.forAccount("acme").emit("invoice.lost", { amount: 1 });
// @ts-expect-error it is not the sender that was said
await app.register(heronSender, { sender: createSender() });
`;
  expect(await getTypeErrors({ code, packages })).toBe("");
}, 60_000);
