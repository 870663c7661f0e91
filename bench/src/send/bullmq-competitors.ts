import { join } from "node:path";
import { getCpuSeconds } from "../cpu-time.ts";
import type { CompetitorDefinition } from "./competitors.ts";
import type { DeliveryProgramOptions } from "./delivery-program.ts";
import { findRedis, startRedis } from "./redis.ts";

const APPENDFSYNC_MODES = { everysec: "each second", always: "always" } as const;

/** BullMQ on a Redis that syncs its log each second, and on one that syncs every write. */
export function createBullmqCompetitors(
  folder: string,
  minRatio: number,
  program: Omit<DeliveryProgramOptions, "kind" | "path">,
): readonly CompetitorDefinition[] {
  return (["everysec", "always"] as const).map((appendfsync) => ({
    key: appendfsync,
    name: `BullMQ, Redis synced ${APPENDFSYNC_MODES[appendfsync]}`,
    minRatio,
    programs: [{ ...program, kind: "bullmq" }],
    async prepare() {
      const binary = findRedis();
      if (binary === null) return "no redis-server in PATH or HERON_BENCH_REDIS";
      const redis = await startRedis(binary, join(folder, appendfsync), appendfsync);
      return {
        path: redis.socket,
        getHelperCpuSeconds: () => getCpuSeconds(redis.pid),
        stop: () => redis.stop(),
      };
    },
  }));
}
