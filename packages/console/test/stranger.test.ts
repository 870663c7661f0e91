import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS } from "../src/api/operations.ts";
import { KEYS, Opened } from "./opened.ts";

/** What each operation that takes a body is given, so that nothing but the stranger is in its way. */
const BODIES: Readonly<Record<string, unknown>> = {
  createWebhook: { url: "https://example.com/", topic: "a.b" },
  updateWebhook: { description: "taken over" },
  rotateSecret: {},
  previewWebhook: { webhook: { url: "https://example.com/", topic: "a.b" } },
  testWebhook: {},
  recoverWebhook: { since: "1h" },
  createLabel: { name: "big", pattern: "invoice.*" },
  updateLabel: { description: "taken over" },
  createWriteKey: {},
  matchEvents: { topics: ["**"] },
  addUserProperties: { properties: { plan: "stolen" } },
};

let opened: Opened;
/** What is Ann's, by what the path of an operation begins with. */
const ids = new Map<string, string>();
/** What nobody else may ever see. */
const SECRETS: string[] = [];

beforeAll(async () => {
  opened = await Opened.open();
  const { body } = await opened.ask("POST", "/webhooks", {
    url: "https://ann.example/secret-path",
    topic: "invoice.paid",
    headers: { authorization: "Bearer annskey" },
    description: "annsdescription",
  });
  SECRETS.push("secret-path", "annskey", "annsdescription", body.secret, "annsplan", "annsamount");
  ids.set("/webhooks/", body.webhook.heron_id);
  await opened.ask("PUT", "/users/u1", { properties: { plan: "annsplan" } });
  ids.set("/users/", "u1");
  await opened.sender.for("ann").emit("invoice.paid", { amount: "annsamount" }, { user: "u1" });
  const { items } = await opened.sender.for("ann").deliveries.list();
  ids.set("/webhooks/deliveries/", items[0]?.id ?? "");
  ids.set("/accounts/", "ann");
  await opened.sender.for("ann").labels.create({ name: "annslabel", pattern: "a.*" });
  ids.set("/labels/", "annslabel");
  const key = await opened.sender.for("ann").writeKeys.create({ description: "annsapp" });
  ids.set("/write-keys/", key.id);
  SECRETS.push("annslabel", "annsapp", key.hint, key.key);
});
afterAll(() => opened.close());

function pathOf(path: string): string {
  const prefix = path.slice(0, path.indexOf("{"));
  return path.includes("{") ? path.replace("{id}", ids.get(prefix) ?? "") : path;
}

describe("a stranger", () => {
  test.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    "gets nothing of Ann's by %s, and changes nothing",
    async (name, { method, path, query = [] }) => {
      const before = await annsOwn();
      const asked = [pathOf(path)];
      if (query.some((parameter) => parameter.name === "webhook"))
        asked.push(`${pathOf(path)}?webhook=${ids.get("/webhooks/")}`);
      for (const [key, to] of [KEYS.bob, null].flatMap((key) => asked.map((to) => [key, to] as const))) {
        const answer = await opened.ask(method.toUpperCase(), to, BODIES[name], { key });
        const text = JSON.stringify(answer.body);
        for (const secret of [...SECRETS, ids.get("/webhooks/") as string])
          if (answer.status < 300) expect(text).not.toContain(secret);
          else expect(answer.status).toBeGreaterThanOrEqual(400);
        if (path.includes("{") && !path.startsWith("/users/"))
          expect(answer.status).toBeGreaterThanOrEqual(400);
        if (key === null) expect(answer.status).toBe(401);
      }
      expect(await annsOwn()).toEqual(before);
    },
  );
});

const ANNS = [
  "/webhooks",
  "/webhooks/deliveries",
  "/users/u1",
  "/webhooks/{id}/secrets",
  "/labels",
  "/write-keys",
] as const;

async function annsOwn(): Promise<unknown> {
  const found: unknown[] = [];
  for (const path of ANNS.map(pathOf)) found.push((await opened.ask("GET", path)).body);
  return found;
}
