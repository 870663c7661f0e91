import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type {
  Claim,
  DeliveryDetails,
  DeliveryRecord,
  Page,
  Store,
  WebhookRecord,
} from "@heron-webhooks/sender";
import { expect, inject, onTestFinished } from "vitest";
import { TestSchema } from "./test-schema.ts";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

/** A folder for the current test, which deletes it at its end. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "heron-import-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A schema for the current test, which drops it at its end. */
export function createSchema(): TestSchema {
  const schema = new TestSchema();
  onTestFinished(() => schema.end());
  return schema;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the CLI in a child process. */
export class Command {
  readonly child: ChildProcess;
  readonly result: Promise<CommandResult>;

  constructor(...args: readonly string[]) {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    this.child = child;
    this.result = Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]).then(
      ([[code], stdout, stderr]) => ({ code: code as number | null, stdout, stderr }),
    );
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.result;
  }
}

/** Imports a file into a schema of the tests' server. */
export function runImport(path: string, schema: string, ...more: readonly string[]): Command {
  return new Command("import", path, "--to", inject("postgres"), "--schema", schema, ...more);
}

/** Expects that a command fails with only an error message. */
export async function expectFailure(command: Command, message: RegExp, code: 1 | 2 = 1): Promise<void> {
  const result = await command.result;
  expect(result.stderr).toMatch(message);
  expect(result).toMatchObject({ code, stdout: "" });
  expect(result.stderr).not.toMatch(/\n\s+at |Warning/);
}

/** Digests of a file and its WAL. */
export function readFileHex(path: string): readonly (string | null)[] {
  return [path, `${path}-wal`].map((file) =>
    existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : null,
  );
}

export async function listAll<T>(list: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await list(cursor);
    items.push(...page.data);
    if (page.nextCursor === null) return items;
    cursor = page.nextCursor;
  }
}

export function listDeliveries(store: Store): Promise<DeliveryRecord[]> {
  return listAll((cursor) => store.deliveries.list({}, { cursor, limit: 100 }));
}

/** Everything that a store returns, without what depends on the time or the kind of store. */
export async function readEverything(
  store: Store,
  users: readonly (readonly [string, string])[],
): Promise<unknown> {
  const webhooks = await listAll((cursor) => store.webhooks.list({}, { cursor, limit: 3 }));
  const listed = await listDeliveries(store);
  const filtered = await Promise.all(
    webhooks.map(async ({ id, account }) => {
      const dead = await store.deliveries.list({ webhook: id, state: "dead" }, { limit: 1000 });
      const delivered = await store.deliveries.list({ account, state: "delivered" }, { limit: 1000 });
      return [...dead.data, ...delivered.data].map(({ id }) => id);
    }),
  );
  const logs = await Promise.all(listed.map(({ id }) => store.deliveries.get(id)));
  const accounts = [...new Set(users.map(([account]) => account))];
  const writeKeys = (await Promise.all(accounts.map((account) => store.writeKeys.list(account)))).flat();
  return {
    labels: await Promise.all(accounts.map((account) => store.labels.list(account))),
    writeKeys,
    found: await Promise.all(writeKeys.map(({ hash }) => store.writeKeys.find(hash))),
    webhooks,
    single: await Promise.all(webhooks.map(({ id }) => store.webhooks.get(id))),
    pauses: await Promise.all(webhooks.map((webhook) => getPauses(store, webhook))),
    users: await Promise.all(users.map(([account, user]) => store.users.get(account, user))),
    listed: listed.map(normalizeDelivery),
    filtered,
    logs: logs.map((log) => (log === null ? null : normalizeLog(log))),
  };
}

/** Claims all due deliveries of a store, and returns the claims. */
export async function claimAll(store: Store): Promise<readonly unknown[]> {
  const claims: Claim[] = [];
  for (let more = 1; more > 0; ) {
    const found = await store.claim({ claimant: "test", max: 1000, leaseMs: 60_000 });
    more = found.length;
    claims.push(...found);
  }
  return claims
    .map(({ lease, ageMs, ...claim }) => ({ ...claim, ageMs: roundToMinutes(ageMs) }))
    .sort((a, b) => (a.delivery < b.delivery ? -1 : 1));
}

async function getPauses(store: Store, { id }: WebhookRecord): Promise<readonly string[]> {
  const pauses = await store.webhooks.pauses(id);
  return pauses
    .map(({ reason, scope, remainingMs }) => `${scope} ${reason} ${roundToMinutes(remainingMs)}`)
    .sort();
}

/** PostgreSQL stores whole milliseconds. */
function normalizeDelivery({ durationMs, ...record }: DeliveryRecord): unknown {
  return {
    ...record,
    durationMs: durationMs === null ? null : Math.round(durationMs),
    nextAttemptInMs: roundToMinutes(record.nextAttemptInMs),
  };
}

/** PostgreSQL cannot store U+0000. */
function normalizeLog({ delivery, attempts, body }: DeliveryDetails): unknown {
  return {
    delivery: normalizeDelivery(delivery),
    attempts: attempts.map(({ durationMs, responseBody, ...attempt }) => ({
      ...attempt,
      durationMs: Math.round(durationMs),
      responseBody: responseBody?.replaceAll("\0", "\u{FFFD}") ?? null,
    })),
    body,
  };
}

/** Time passes between two reads. */
function roundToMinutes(ms: number | null): number | null {
  return ms === null ? null : Math.ceil(ms / 600_000);
}
