import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiKey, type Console, createConsole } from "@heron-webhooks/console";
import { createSender, memoryStore, type Sender, type Store, sqliteStore } from "@heron-webhooks/sender";
import { KEY } from "../track-requests.ts";

const silentLogger = { debug() {}, info() {}, warn() {}, error() {} };
const WRITE_KEY = { id: "wky_1", account: "acme", hash: "", hint: "kkkk", description: "", created: 0 };

/** A store that keeps nothing: what an event costs before it is kept. */
function emptyStore(): Store {
  const store = memoryStore();
  return {
    ...store,
    async publish(events) {
      return { published: events.map(({ id }) => ({ id, deliveries: 0, duplicate: false })), claims: [] };
    },
  };
}

/** A console that takes what Heap's clients send, over a store that keeps nothing or over a file on this disk. */
export async function createBenchConsole(kept: "nothing" | "file"): Promise<Console> {
  const own =
    kept === "nothing" ? emptyStore() : sqliteStore(join(mkdtempSync(join(tmpdir(), "bench-")), "heron.db"));
  const store: Store = { ...own, writeKeys: { ...own.writeKeys, find: async () => WRITE_KEY } };
  const sender = createSender({ store, logger: silentLogger }) as Sender;
  // It waits: what is measured is the writing, not the sending.
  await sender.webhooks.create({ account: "acme", url: "https://example.com/", topics: ["track.*"] });
  return createConsole(sender, {
    authorize: apiKey({ [KEY]: "acme" }),
    heapApi: { limits: false },
    logger: silentLogger,
  });
}
