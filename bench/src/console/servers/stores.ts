import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiKey, type Console, createConsole } from "@heron-webhooks/console";
import { createSender, memoryStore, type Sender, type Store, sqliteStore } from "@heron-webhooks/sender";
import { KEY } from "../track-requests.ts";

const silentLogger = { debug() {}, info() {}, warn() {}, error() {} };
const WRITE_KEY = { id: "wky_1", account: "acme", hash: "", lastFour: "kkkk", description: "", createdAt: 0 };

/** A store that discards events, to measure the cost before storage. */
function emptyStore(): Store {
  const store = memoryStore();
  return {
    ...store,
    async publish(events) {
      return { published: events.map(({ id }) => ({ id, deliveryCount: 0, duplicate: false })), claims: [] };
    },
  };
}

/** A console with the Heap-compatible API over a store that discards events or over a SQLite file. */
export async function createBenchConsole(storage: "nothing" | "file"): Promise<Console> {
  const own =
    storage === "nothing"
      ? emptyStore()
      : sqliteStore(join(mkdtempSync(join(tmpdir(), "bench-")), "heron.db"));
  const store: Store = { ...own, writeKeys: { ...own.writeKeys, find: async () => WRITE_KEY } };
  const sender = createSender({ store, logger: silentLogger }) as Sender;
  // The sender is not started: the benchmark measures writing, not sending.
  await sender.webhooks.create({ account: "acme", url: "https://example.com/", topics: ["track.*"] });
  return createConsole(sender, {
    authorize: apiKey({ [KEY]: "acme" }),
    heapApi: { limits: false },
    logger: silentLogger,
  });
}
