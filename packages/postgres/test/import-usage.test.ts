import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { Command, createSchema, expectFailure, readFileHex, runImport } from "./run-import.ts";
import { makeSmallFile } from "./sender-file.ts";

vi.setConfig({ testTimeout: 60_000 });

describe("the target", () => {
  const to = (path: string, url: string, ...more: readonly string[]): Command =>
    new Command("import", path, "--to", url, ...more);

  test("the server is unreachable or rejects the connection", async () => {
    const path = await makeSmallFile();
    const bytes = readFileHex(path);
    const url = new URL(inject("postgres"));
    const { port } = url;
    url.port = "9";
    await expectFailure(
      to(path, url.href),
      /^PostgreSQL \(heron\) cannot be used: .* Check that the server runs/,
    );
    url.port = port;
    url.pathname = "/nowhere";
    await expectFailure(to(path, url.href), /The database does not exist\. Create it with createdb/);
    url.hostname = "nowhere.invalid";
    await expectFailure(to(path, url.href), /Unknown host|cannot be used/);
    await expectFailure(
      to(path, await denying("28P01", "password authentication failed")),
      /Wrong password\. Check/,
    );
    expect(readFileHex(path)).toEqual(bytes);
  });

  test("the role has no privileges", async () => {
    const path = await makeSmallFile();
    const { name, pool } = createSchema();
    const role = `${name}_role`;
    await pool.query(`create role ${role} login password 'role'`);
    const url = new URL(inject("postgres"));
    url.username = role;
    url.password = "role";
    const lacks = /permission denied.* The role lacks a privilege\. It needs CREATE/;
    try {
      await expectFailure(to(path, url.href, "--schema", name), lacks);
      await pool.query(`create schema ${name}; grant usage on schema ${name} to ${role}`);
      await expectFailure(to(path, url.href, "--schema", name), lacks);
    } finally {
      await pool.query(`drop owned by ${role}; drop role ${role}`);
    }
  });

  test("a newer version wrote the schema", async () => {
    const path = await makeSmallFile();
    const schema = createSchema();
    const store = schema.store();
    await store.migrate();
    await store.close();
    await schema.pool.query(`update ${schema.name}.meta set value = '99' where name = 'version'`);
    await expectFailure(runImport(path, schema.name), /was written by a newer version \(99/);
  });
});

/** A server that speaks the PostgreSQL protocol and rejects every connection. */
async function denying(code: string, message: string): Promise<string> {
  const server = createServer((socket) =>
    socket
      .on("error", () => {})
      .once("data", () => {
        const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
        const head = Buffer.alloc(5);
        head.write("E");
        head.writeInt32BE(fields.length + 4, 1);
        socket.end(Buffer.concat([head, fields]));
      }),
  );
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `postgres://heron:secret@127.0.0.1:${(server.address() as AddressInfo).port}/heron`;
}

describe("the command line", () => {
  test.each([
    [[], /^No command given\./],
    [["export", "heron.db"], /^Unknown command export\./],
    [["import"], /^No file given\./],
    [["import", "heron.db"], /^No database given: --to is missing or empty\./],
    [["import", "heron.db", "--to", ""], /^No database given/],
    [
      ["import", "heron.db", "--to", "heron"],
      /^--to must have the form postgres:\/\/user:password@host\/database\./,
    ],
    [["import", "heron.db", "--to", "postgres://u:a#b/c@host:x/d"], /%40/],
    [["import", "a.db", "b.db", "--to", "postgres://h/d"], /^Unexpected arguments: b\.db\./],
    [
      ["import", "a.db", "--to", "postgres://h/d", "--schema", "Big"],
      /^--schema must be 1 to 41 lower-case letters/,
    ],
    [["import", "a.db", "--to", "postgres://h/d", "--batch", "0"], /^--batch must be a whole number from 1/],
    [["import", "a.db", "--too", "postgres://h/d"], /^Unknown option '--too'\./],
  ] as const)("wrong usage: %j", async (args, message) => {
    const command = new Command(...args);
    await expectFailure(command, message, 2);
    expect((await command.result).stderr).toContain(
      "Usage: npx @heron-webhooks/postgres import <file> --to <url>",
    );
  });

  test("--help is not an error", async () => {
    const result = await new Command("import", "--help").result;
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toMatch(/^Usage: npx @heron-webhooks\/postgres import/);
  });
});
