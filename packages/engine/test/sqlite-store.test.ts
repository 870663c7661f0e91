import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRuns, selectCount, testStore, testStoreModel } from "@heron-webhooks/conformance";
import { manualClock } from "@heron-webhooks/core/testing";
import { type Store, sqliteStore } from "../src/index.ts";

/** No conformance test reopens a file, so the short run uses memory. */
const inFile = selectCount(0, 1) === 1;

testStore("sqliteStore", (options = {}) => {
  const clock = manualClock();
  const folder = mkdtempSync(join(tmpdir(), "heron-store-"));
  return {
    store: sqliteStore(inFile ? join(folder, "heron.db") : ":memory:", { clock, ...options }),
    advance: (ms) => clock.advance(ms),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
});

testStoreModel(
  "sqliteStore",
  (options) => {
    const clock = manualClock();
    const folder = mkdtempSync(join(tmpdir(), "heron-store-"));
    const reopen = (): Store => sqliteStore(join(folder, "heron.db"), { clock, ...options });
    return {
      store: reopen(),
      clock,
      reopen,
      close: () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  getRuns(15, 400),
);
