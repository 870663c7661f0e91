// A sender on PostgreSQL that reads commands from stdin and writes messages to stdout, in lines of JSON. Tests stop,
// disconnect and kill it.
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { createInterface } from "node:readline";
import { setTimeout as after } from "node:timers/promises";
import { HeronError, type Logger } from "@heron-webhooks/core";
import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { createSender, type Store } from "@heron-webhooks/sender";
import { type PostgresStoreOptions, postgresStore } from "../../src/index.ts";
import type { Command, Message } from "./protocol.ts";

interface ProgramSettings {
  readonly store: PostgresStoreOptions;
  readonly concurrency?: number;
}

const { store: storeOptions, concurrency = 256 } = JSON.parse(process.argv[2] ?? "{}") as ProgramSettings;
// Synchronous, so that messages before a kill are not lost.
const send = (...message: Message): void => void writeSync(1, `${JSON.stringify(message)}\n`);

/** A store that also reports claimed and completed deliveries; hooks report only counts. */
function reportCompletions(store: Store): Store {
  const deliveryByLease = new Map<string, string>();
  return {
    ...store,
    async claim(request) {
      const claims = await store.claim(request);
      for (const { lease, delivery } of claims) deliveryByLease.set(lease, delivery);
      if (claims.length > 0)
        send(
          "claimed",
          claims.map(({ delivery }) => delivery),
        );
      return claims;
    },
    async complete(results) {
      const lost = new Set(await store.complete(results));
      const selectDeliveries = (isLost: boolean): string[] =>
        results.flatMap(({ lease }) =>
          lost.has(lease) === isLost ? (deliveryByLease.get(lease) ?? []) : [],
        );
      send("completed", selectDeliveries(false));
      if (lost.size > 0) send("lost", selectDeliveries(true));
      for (const { lease } of results) deliveryByLease.delete(lease);
      return [...lost];
    },
  };
}

const logger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error: (fields, text) => send("error", `${text}: ${String((fields as { readonly err?: unknown }).err)}`),
};
const sender = createSender({
  store: reportCompletions(postgresStore(storeOptions)),
  concurrency,
  egress: { allow: ["127.0.0.0/8"], allowHttp: true },
  retry: createRetryPolicy({ delays: Array.from({ length: 30 }, () => 50) }),
  hooks: { onLeaseLost: (leases) => send("leases-lost", leases) },
  logger,
});
/** Incremented by each command to start or stop emitting, which ends an earlier loop. */
let emitGeneration = 0;
let emitted = 0;

async function emit(topics: readonly string[], accounts: readonly string[], size: number): Promise<void> {
  const n = emitted++;
  const startedAt = performance.now();
  const ms = (): number => Math.round(performance.now() - startedAt);
  try {
    const options = { account: accounts[n % accounts.length] };
    const { id } = await sender.emit(topics[n % topics.length] ?? "", { text: "x".repeat(size) }, options);
    send("accepted", id, ms());
  } catch (error) {
    const { code, message } = HeronError.is(error) ? error : { code: "?", message: String(error) };
    send("rejected", code, message, ms());
  }
}

async function emitContinuously({
  topics,
  accounts,
  everyMs,
  size = 10,
}: Command & { do: "start-emitting" }): Promise<void> {
  for (const generation = ++emitGeneration; generation === emitGeneration; await after(everyMs))
    await emit(topics, accounts, size);
}

async function runCommand(command: Command): Promise<unknown> {
  switch (command.do) {
    case "create":
      return (await sender.webhooks.create(command.webhook)).id;
    case "delete":
      return sender.webhooks.delete(command.webhook);
    case "disable":
      return sender.accounts.disable(command.account);
    case "enable":
      return sender.accounts.enable(command.account);
    case "emit":
      await Promise.all(
        Array.from({ length: command.count }, () =>
          emit(command.topics, command.accounts, command.size ?? 10),
        ),
      );
      return null;
    case "start-emitting":
      void emitContinuously(command);
      return null;
    case "stop-emitting":
      return void emitGeneration++;
    case "time":
      return Date.now();
    case "start":
      return sender.start();
    case "close":
      await sender.close();
      return null;
  }
}

createInterface(process.stdin)
  .on("line", (line) => {
    const [n, command] = JSON.parse(line) as [number, Command];
    runCommand(command)
      .then((result) => send("done", n, result ?? null))
      .catch((error: unknown) => {
        const { code, message } = HeronError.is(error) ? error : { code: "?", message: String(error) };
        send("failed", n, code, message);
      })
      .finally(() => {
        if (command.do === "close") process.exit();
      });
  })
  // The parent process has ended.
  .on("close", () => process.exit());
send("ready");
// Now, since most of these processes are killed.
flushCompileCache();
