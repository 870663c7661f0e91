import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Claim, DeliveryLog, DeliveryRecord, Page, Store, WebhookRecord } from "@heron-webhooks/sender";
import { expect, inject, onTestFinished } from "vitest";
import { Schema } from "./schemas.ts";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

/** A folder for the test under way, which goes with it. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "heron-import-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A schema for the test under way, which goes with it. */
export function ownSchema(): Schema {
  const schema = new Schema();
  onTestFinished(() => schema.end());
  return schema;
}

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line, in a process of its own. */
export class Command {
  readonly child: ChildProcess;
  readonly said: Promise<Said>;

  constructor(...args: readonly string[]) {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    this.child = child;
    this.said = Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]).then(
      ([[code], stdout, stderr]) => ({ code: code as number | null, stdout, stderr }),
    );
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.said;
  }
}

/** Moves a file into a schema of the tests' server. */
export function importing(path: string, schema: string, ...more: readonly string[]): Command {
  return new Command("import", path, "--to", inject("postgres"), "--schema", schema, ...more);
}

/** It ends as it should where it cannot: it says why, and nothing else. */
export async function refused(command: Command, message: RegExp, code: 1 | 2 = 1): Promise<void> {
  const said = await command.said;
  expect(said.stderr).toMatch(message);
  expect(said).toMatchObject({ code, stdout: "" });
  expect(said.stderr).not.toMatch(/\n\s+at |Warning/);
}

/** What a file is, byte for byte, with the log beside it. */
export function bytesOf(path: string): readonly (string | null)[] {
  return [path, `${path}-wal`].map((each) =>
    existsSync(each) ? createHash("sha256").update(readFileSync(each)).digest("hex") : null,
  );
}

export async function allOf<T>(list: (after: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let after: string | undefined; ; ) {
    const page = await list(after);
    items.push(...page.items);
    if (page.next === null) return items;
    after = page.next;
  }
}

export function deliveriesOf(store: Store): Promise<DeliveryRecord[]> {
  return allOf((after) => store.deliveries.list({}, { after, limit: 100 }));
}

/** All that can be asked of a store, as it does not change with the time or with the store. */
export async function seenOf(store: Store, users: readonly (readonly [string, string])[]): Promise<unknown> {
  const webhooks = await allOf((after) => store.webhooks.list({}, { after, limit: 3 }));
  const listed = await deliveriesOf(store);
  const filtered = await Promise.all(
    webhooks.map(async ({ id, account }) => {
      const dead = await store.deliveries.list({ webhook: id, state: "dead" }, { limit: 1000 });
      const delivered = await store.deliveries.list({ account, state: "delivered" }, { limit: 1000 });
      return [...dead.items, ...delivered.items].map(({ id }) => id);
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
    alone: await Promise.all(webhooks.map(({ id }) => store.webhooks.get(id))),
    gates: await Promise.all(webhooks.map((webhook) => gatesOf(store, webhook))),
    users: await Promise.all(users.map(([account, user]) => store.users.get(account, user))),
    listed: listed.map(recordOf),
    filtered,
    logs: logs.map((log) => (log === null ? null : logOf(log))),
  };
}

/** Everything that a store has to be attempted now, as who attempts it sees it. */
export async function claimedOf(store: Store): Promise<readonly unknown[]> {
  const claims: Claim[] = [];
  for (let more = 1; more > 0; ) {
    const found = await store.claim({ worker: "test", max: 1000, leaseMs: 60_000 });
    more = found.length;
    claims.push(...found);
  }
  return claims
    .map(({ lease, ageMs, ...claim }) => ({ ...claim, ageMs: minutes(ageMs) }))
    .sort((a, b) => (a.delivery < b.delivery ? -1 : 1));
}

async function gatesOf(store: Store, { id }: WebhookRecord): Promise<readonly string[]> {
  const gates = await store.webhooks.gates(id);
  return gates.map(({ gate, scope, closedMs }) => `${scope} ${gate} ${minutes(closedMs)}`).sort();
}

/** PostgreSQL keeps whole milliseconds. */
function recordOf({ ms, ...record }: DeliveryRecord): unknown {
  return { ...record, ms: ms === null ? null : Math.round(ms), dueIn: minutes(record.dueIn) };
}

/** And no U+0000. */
function logOf({ delivery, attempts, body }: DeliveryLog): unknown {
  return {
    delivery: recordOf(delivery),
    attempts: attempts.map(({ ms, answer, ...attempt }) => ({
      ...attempt,
      ms: Math.round(ms),
      answer: answer?.replaceAll("\0", "\u{FFFD}") ?? null,
    })),
    body,
  };
}

/** Time goes by between two looks. */
function minutes(ms: number | null): number | null {
  return ms === null ? null : Math.ceil(ms / 600_000);
}
