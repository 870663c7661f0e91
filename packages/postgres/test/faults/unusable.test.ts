import { PostgresCluster } from "@heron-webhooks/conformance/postgres";
import { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestSender, STATEMENT_TIMEOUT_MS } from "./in-process.ts";
import { SLACK_MS } from "./sender-cluster.ts";
import { TestReceiver } from "./test-receiver.ts";
import { waitFor } from "./wait-for.ts";

let cluster: PostgresCluster;
let admin: Pool;

beforeAll(async () => {
  cluster = await PostgresCluster.start(["max_connections=12"]);
  admin = new Pool({ connectionString: cluster.url, max: 1 });
  admin.on("error", () => {});
  // The server process may write this file.
  const { rows } = await admin.query("show hba_file");
  const file = (rows[0] as { readonly hba_file: string }).hba_file;
  await admin.query(
    `copy (values ('host all guarded 127.0.0.1/32 scram-sha-256'), ('host all barred 127.0.0.1/32 reject'), ('host all all 127.0.0.1/32 trust')) to '${file}'`,
  );
  await admin.query("select pg_reload_conf()");
  await admin.query(`
    create role guarded login password 'right';
    create role barred login;
    create role poor login;
    create role user_only login;
    create role few login connection limit 0`);
  const owner = createTestSender({ connectionString: cluster.url });
  await owner.webhooks.list();
  await owner.close();
}, 60_000);

afterAll(async () => {
  await admin.end();
  await cluster.end();
});

const createUrl = (change: (url: URL) => void): string => {
  const url = new URL(cluster.url);
  change(url);
  return url.href;
};
const createRoleUrl = (role: string, password = ""): string =>
  createUrl((url) => {
    url.username = role;
    url.password = password;
  });

interface Case {
  readonly what: string;
  readonly url: () => string;
  readonly schema?: string;
  readonly code: string;
  /** What the message recommends. */
  readonly hint: RegExp;
}

const CASES: readonly Case[] = [
  {
    what: "a wrong password",
    url: () => createRoleUrl("guarded", "wrong"),
    code: "store_unavailable",
    hint: /Wrong password\. Check the connection string/,
  },
  {
    what: "a missing password",
    url: () => createRoleUrl("guarded"),
    code: "store_unavailable",
    hint: /password/i,
  },
  {
    what: "a role that pg_hba.conf rejects",
    url: () => createRoleUrl("barred"),
    code: "store_unavailable",
    hint: /Check user, password and pg_hba\.conf/,
  },
  {
    what: "a database that does not exist",
    url: () => createUrl((url) => (url.pathname = "/nowhere")),
    code: "store_unavailable",
    hint: /nowhere.*createdb/,
  },
  {
    what: "an unknown host",
    url: () => createUrl((url) => (url.hostname = "nowhere.invalid")),
    code: "store_unavailable",
    hint: /nowhere\.invalid.*connection string/,
  },
  {
    what: "a role that may not create its schema",
    url: () => createRoleUrl("poor"),
    schema: "another",
    code: "store_unavailable",
    hint: /permission denied.*needs CREATE/,
  },
  {
    what: "a role that may not use the schema",
    url: () => createRoleUrl("poor"),
    code: "store_unavailable",
    hint: /permission denied.*lacks a privilege/,
  },
  {
    what: "a server that is read-only",
    url: () => createUrl((url) => url.searchParams.set("options", "-c default_transaction_read_only=on")),
    code: "store_unavailable",
    hint: /read-only.*Connect to the primary/,
  },
  {
    what: "a role at its connection limit",
    url: () => createRoleUrl("few"),
    code: "store_busy",
    hint: /too many connections.*Lower maxConnections/,
  },
];

test.each(CASES)("$what: $code, in time, with a hint", async ({ url, schema, code, hint }) => {
  const sender = createTestSender({ connectionString: url(), ...(schema !== undefined && { schema }) });
  sender.start();
  const startedAt = performance.now();
  await expect(sender.emit("a.b", null)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(hint),
  });
  expect(performance.now() - startedAt).toBeLessThan(STATEMENT_TIMEOUT_MS + SLACK_MS);
  await sender.close();
});

test("a role that may only use existing objects is enough", async () => {
  await admin.query(`
    grant usage on schema heron to user_only;
    grant select, insert, update, delete on all tables in schema heron to user_only;
    grant usage on all sequences in schema heron to user_only`);
  await using inbox = await TestReceiver.open();
  const sender = createTestSender({ connectionString: createRoleUrl("user_only") });
  sender.start();
  await sender.webhooks.create({ url: inbox.url, topics: ["**"], account: "user" });
  const { id } = await sender.emit("a.b", null, { account: "user" });
  await waitFor("it has arrived", SLACK_MS, () => (inbox.events.has(id) ? true : undefined));
  await sender.close();
});

test("a schema of a newer version is not changed, and the message says what to do", async () => {
  const before = createTestSender({ connectionString: cluster.url, schema: "newer" });
  await before.webhooks.list();
  await before.close();
  await admin.query("update newer.meta set value = '1000' where name = 'version'");
  const sender = createTestSender({ connectionString: cluster.url, schema: "newer" });
  await expect(sender.emit("a.b", null)).rejects.toMatchObject({
    code: "store_version",
    message: expect.stringMatching(/newer version.*1000.*update @heron-webhooks\/postgres/),
  });
  await sender.close();
  const { rows } = await admin.query(
    "select (select count(*)::int from newer.events) as events, value from newer.meta where name = 'version'",
  );
  expect(rows).toEqual([{ events: 0, value: "1000" }]);
});

test("while others use all connections of the server events are rejected, and afterwards the sender continues", async () => {
  await using inbox = await TestReceiver.open();
  const sender = createTestSender({ connectionString: cluster.url });
  await sender.webhooks.create({ url: inbox.url, topics: ["**"], account: "crowd" });
  await sender.close();
  const connections = new Pool({ connectionString: cluster.url, max: 12 });
  connections.on("error", () => {});
  const taken = [];
  for (;;)
    try {
      taken.push(await connections.connect());
    } catch {
      break;
    }
  const late = createTestSender({ connectionString: cluster.url });
  late.start();
  await expect(late.emit("a.b", null, { account: "crowd" })).rejects.toMatchObject({
    code: "store_busy",
    message: expect.stringMatching(/too many clients|connection slots.*Lower maxConnections/),
  });
  for (const client of taken) client.release();
  await connections.end();
  const { id } = await late.emit("a.b", null, { account: "crowd" });
  await waitFor("it has arrived", SLACK_MS, () => (inbox.events.has(id) ? true : undefined));
  await late.close();
});
