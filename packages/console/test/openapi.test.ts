import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { getRuns } from "@heron-webhooks/conformance/runs";
import type { JsonSchema } from "@heron-webhooks/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOpenApiDocument } from "../src/api/openapi.ts";
import { OPERATIONS } from "../src/api/operations.ts";
import { HEAP_SCHEMAS } from "../src/api/schemas/heap.ts";
import { SCHEMAS } from "../src/api/schemas.ts";
import { findErrors } from "../src/api/validation.ts";
import { toArbitrary, toInvalidArbitrary } from "./schema-arbitraries.ts";
import { API_KEYS, TestConsole } from "./test-console.ts";

test("the OpenAPI document passes the linter", () => {
  const folder = mkdtempSync(join(tmpdir(), "openapi-"));
  try {
    const file = join(folder, "openapi.json");
    writeFileSync(file, JSON.stringify(createOpenApiDocument({ heapApi: true })));
    const cli = createRequire(import.meta.url).resolve("@redocly/cli/package.json");
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(dirname(cli), "bin/cli.js"),
        "lint",
        "--extends=recommended-strict",
        // Heron's own API has webhooks/deliveries/{id} beside webhooks/{id}: the id of a webhook is never "deliveries".
        "--skip-rule=no-ambiguous-paths",
        file,
      ],
      {
        cwd: folder,
        env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
        encoding: "utf8",
      },
    );
    expect(`${stdout}${stderr}`).not.toMatch(/(error|warning) was|warnings|errors/i);
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("paths resolve against the server URL of the document", async () => {
  const testConsole = await TestConsole.open();
  try {
    const documentUrl = `${testConsole.origin}/heron/api/openapi.json`;
    const { servers } = (await (await fetch(documentUrl)).json()) as { servers: [{ url: string }] };
    const baseUrl = new URL(servers[0].url, documentUrl).href.replace(/\/$/, "");
    const response = await fetch(`${baseUrl}/api/webhooks`, { headers: { "x-api-key": API_KEYS.ann } });
    expect(response.status).toBe(200);
  } finally {
    await testConsole.close();
  }
});

describe("every operation", () => {
  let testConsole: TestConsole;
  const ids = ["wbh_0", "dlv_0", "u1", "%F0%9F%90%A6", "a".repeat(255)];
  beforeAll(async () => {
    testConsole = await TestConsole.open({ rateLimit: 1_000_000 });
    ids.push(await testConsole.createWebhook());
    await testConsole.sender.forAccount("ann").labels.create({ name: "u1", pattern: "a.*" });
    ids.push((await testConsole.sender.forAccount("ann").writeKeys.create()).id);
    await testConsole.sender.forAccount("ann").emit("invoice.paid", {}, { user: "u1" });
    ids.push((await testConsole.sender.forAccount("ann").deliveries.list()).data[0]?.id ?? "");
  });
  afterAll(() => testConsole.close());

  test.each(OPERATIONS.map((operation) => [operation.operationId, operation] as const))(
    "%s matches the document for valid and invalid input",
    async (_, { method, path, body, query = [], responses }) => {
      const documentedStatuses = responsesOf(path, method);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...ids),
          body === undefined
            ? fc.constant(undefined)
            : fc.oneof(toArbitrary(body, SCHEMAS), toInvalidArbitrary(body, SCHEMAS)),
          fc.record(
            Object.fromEntries(query.map(({ name, schema }) => [name, toArbitrary(schema, SCHEMAS)])),
            {
              requiredKeys: [],
            },
          ),
          async (id, input, parameters) => {
            const text = new URLSearchParams(
              Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
            ).toString();
            const response = await testConsole.call(
              method.toUpperCase(),
              `${path.replace("{id}", id)}${text === "" ? "" : `?${text}`}`,
              input,
            );
            expect(response.status).toBeLessThan(500);
            expect(Object.keys(documentedStatuses)).toContain(String(response.status));
            const schema = responses[response.status]?.schema;
            if (schema === null) expect(response.body).toBe("");
            else
              expect(findErrors(schema ?? { $ref: "#/components/schemas/Problem" }, response.body)).toEqual(
                [],
              );
          },
        ),
        getRuns(20, 400),
      );
    },
  );
});

describe("the Heap-compatible API", () => {
  let testConsole: TestConsole;
  let app_id: string;
  beforeAll(async () => {
    testConsole = await TestConsole.open({ heapApi: { limits: false }, topics: null });
    ({ key: app_id } = await testConsole.sender.writeKeys.create({ account: "ann" }));
  });
  afterAll(() => testConsole.close());

  test.each([
    ["/track", ["HeapTrack", "HeapTrackBulk"]],
    ["/add_user_properties", ["HeapUserProperties", "HeapUserPropertiesBulk"]],
  ] as const)("%s matches the document for valid and invalid input", async (path, names) => {
    const schemas = { ...SCHEMAS, ...HEAP_SCHEMAS };
    const documentedStatuses = Object.keys(responsesOf(path, "post"));
    const body = fc.constantFrom(...names).chain((name) => {
      const schema = HEAP_SCHEMAS[name] as JsonSchema;
      return fc.oneof(toArbitrary(schema, schemas), toInvalidArbitrary(schema, schemas));
    });
    let acceptedCount = 0;
    await fc.assert(
      fc.asyncProperty(body, fc.integer({ min: 0, max: 3 }), async (input, variant) => {
        const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
        const sent = isObject && variant > 0 ? { ...withOneOfUser(input), app_id } : input;
        const response = await testConsole.call("POST", path, sent, { key: null });
        expect(documentedStatuses).toContain(String(response.status));
        expect(response.status).toBeLessThan(500);
        if (response.status === 200) acceptedCount += response.body.accepted;
        else expect(response.body).toMatch(/./);
      }),
      getRuns(100, 1200),
    );
    // Few random cases are valid; without any, the test would check only rejections.
    expect(acceptedCount).toBeGreaterThan(0);
  });
});

/** Generated items rarely identify a user in exactly one way, so set `identity`. */
function withOneOfUser(input: object): object {
  const withIdentity = (of: object): object => {
    const { user_id: _, ...rest } = of as { readonly user_id?: unknown };
    return { identity: "u", ...rest };
  };
  const list = Object.entries(input).find(([name]) => name === "events" || name === "users");
  if (list === undefined || !Array.isArray(list[1])) return withIdentity(input);
  return {
    ...input,
    [list[0]]: list[1].map((item) => (typeof item === "object" && item !== null ? withIdentity(item) : item)),
  };
}

function responsesOf(path: string, method: string): object {
  const { paths } = createOpenApiDocument({ heapApi: true }) as {
    readonly paths: Record<string, Record<string, { readonly responses: object }>>;
  };
  return paths[`/api${path}`]?.[method]?.responses ?? {};
}
