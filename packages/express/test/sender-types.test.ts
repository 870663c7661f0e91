import { fileURLToPath } from "node:url";
import { getTypeErrors } from "@heron-webhooks/conformance";
import { expect, test } from "vitest";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const packages = {
  "@heron-webhooks/express": folder("../"),
  "@heron-webhooks/sender": folder("../../sender"),
  "@types/express": folder("../node_modules/@types/express"),
  "@types/node": folder("../../../node_modules/@types/node"),
};

test("who only receives has no sender in a request", async () => {
  const { "@heron-webhooks/sender": _, ...installed } = packages;
  const code = `
import { heronWebhook } from "@heron-webhooks/express";
import express from "express";
const app = express();
app.post("/webhooks/heron", heronWebhook(), (req, res) => {
  res.send(req.heronEvent?.topic);
  // @ts-expect-error there is no sender
  req.heron;
});
`;
  expect(await getTypeErrors({ code, packages: installed })).toBe("");
}, 60_000);

test("a sender has its type with no more than its import", async () => {
  const code = `
import { heronSender } from "@heron-webhooks/express";
import { createSender, type Sender } from "@heron-webhooks/sender";
import express from "express";
const app = express();
app.use(heronSender(createSender()));
app.get("/", (req) => {
  const sender: Sender = req.heron;
  // @ts-expect-error a topic is a string
  void sender.emit(1, null);
  // @ts-expect-error an account is a string
  sender.for(1);
});
`;
  expect(await getTypeErrors({ code, packages })).toBe("");
}, 60_000);

test("a sender whose type is its own keeps it", async () => {
  const code = `
import { heronSender } from "@heron-webhooks/express";
import { createSender } from "@heron-webhooks/sender";
import express from "express";
const sender = { ...createSender(), paid: (invoice: string) => invoice.length };
declare global { namespace HeronWebhooks { interface Types { readonly sender: typeof sender } } }
const app = express();
app.use(heronSender(sender));
app.get("/", (req, res) => void res.send(req.heron.paid("in_1").toFixed()));
// @ts-expect-error it is not the sender that was said
heronSender(createSender());
`;
  expect(await getTypeErrors({ code, packages })).toBe("");
}, 60_000);
