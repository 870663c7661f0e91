import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS } from "../src/api/operations.ts";
import { API_KEYS, TestConsole } from "./test-console.ts";

/** Valid bodies, so that only the account check can reject a request. */
const BODIES: Readonly<Record<string, unknown>> = {
  createWebhook: { url: "https://example.com/", topic: "a.b" },
  updateWebhook: { description: "taken over" },
  rotateSecret: {},
  previewWebhook: { webhook: { url: "https://example.com/", topic: "a.b" } },
  sendTest: {},
  recoverWebhook: { since: "1h" },
  createLabel: { name: "big", pattern: "invoice.*" },
  updateLabel: { description: "taken over" },
  createWriteKey: {},
  previewMatches: { topics: ["**"] },
  addUserProperties: { properties: { plan: "stolen" } },
};

let testConsole: TestConsole;
/** Ids of Ann's resources, by path prefix. */
const ids = new Map<string, string>();
/** Values that no other account may see. */
const SECRETS: string[] = [];

beforeAll(async () => {
  testConsole = await TestConsole.open();
  const { body } = await testConsole.call("POST", "/webhooks", {
    url: "https://ann.example/secret-path",
    topic: "invoice.paid",
    headers: { authorization: "Bearer annskey" },
    description: "annsdescription",
  });
  SECRETS.push("secret-path", "annskey", "annsdescription", body.secret, "annsplan", "annsamount");
  ids.set("/webhooks/", body.webhook.heron_id);
  await testConsole.call("PUT", "/users/u1", { properties: { plan: "annsplan" } });
  ids.set("/users/", "u1");
  await testConsole.sender.forAccount("ann").emit("invoice.paid", { amount: "annsamount" }, { user: "u1" });
  const { data } = await testConsole.sender.forAccount("ann").deliveries.list();
  ids.set("/webhooks/deliveries/", data[0]?.id ?? "");
  ids.set("/accounts/", "ann");
  await testConsole.sender.forAccount("ann").labels.create({ name: "annslabel", pattern: "a.*" });
  ids.set("/labels/", "annslabel");
  const key = await testConsole.sender.forAccount("ann").writeKeys.create({ description: "annsapp" });
  ids.set("/write-keys/", key.id);
  SECRETS.push("annslabel", "annsapp", key.lastFour, key.key);
});
afterAll(() => testConsole.close());

function toPath(path: string): string {
  const prefix = path.slice(0, path.indexOf("{"));
  return path.includes("{") ? path.replace("{id}", ids.get(prefix) ?? "") : path;
}

describe("another account", () => {
  test.each(OPERATIONS.map((operation) => [operation.operationId, operation] as const))(
    "cannot read or change Ann's resources with %s",
    async (name, { method, path, query = [] }) => {
      const before = await loadAnnsResources();
      const paths = [toPath(path)];
      if (query.some((parameter) => parameter.name === "webhook"))
        paths.push(`${toPath(path)}?webhook=${ids.get("/webhooks/")}`);
      for (const [key, to] of [API_KEYS.bob, null].flatMap((key) => paths.map((to) => [key, to] as const))) {
        const response = await testConsole.call(method.toUpperCase(), to, BODIES[name], { key });
        const text = JSON.stringify(response.body);
        for (const secret of [...SECRETS, ids.get("/webhooks/") as string])
          if (response.status < 300) expect(text).not.toContain(secret);
          else expect(response.status).toBeGreaterThanOrEqual(400);
        if (path.includes("{") && !path.startsWith("/users/"))
          expect(response.status).toBeGreaterThanOrEqual(400);
        if (key === null) expect(response.status).toBe(401);
      }
      expect(await loadAnnsResources()).toEqual(before);
    },
  );
});

const ANN_PATHS = [
  "/webhooks",
  "/webhooks/deliveries",
  "/users/u1",
  "/webhooks/{id}/secrets",
  "/labels",
  "/write-keys",
] as const;

async function loadAnnsResources(): Promise<unknown> {
  const found: unknown[] = [];
  for (const path of ANN_PATHS.map(toPath)) found.push((await testConsole.call("GET", path)).body);
  return found;
}
