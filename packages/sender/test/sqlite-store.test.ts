import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runs, storeLaws, storeModel } from "@heron-webhooks/conformance";
import { manualClock } from "@heron-webhooks/core/testing";
import { type Store, sqliteStore } from "../src/index.ts";

storeLaws("sqliteStore", (options = {}) => {
  const clock = manualClock();
  const folder = mkdtempSync(join(tmpdir(), "heron-store-"));
  return {
    store: sqliteStore(join(folder, "heron.db"), { clock, ...options }),
    advance: (ms) => clock.advance(ms),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
});

storeModel(
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
  runs(15, 400),
);
