import { join } from "node:path";
import { getCpuSeconds } from "../cpu-time.ts";
import type { CompetitorDefinition } from "./competitors.ts";
import type { DeliveryProgramOptions } from "./delivery-program.ts";
import { findRedis, startRedis } from "./redis.ts";

const APPENDFSYNC_MODES = { everysec: "each second", always: "always" } as const;

/** BullMQ over a Redis that syncs what it writes each second, and over one that does so at every write. */
export function createBullmqCompetitors(
  folder: string,
  least: number,
  subject: Omit<DeliveryProgramOptions, "kind" | "path">,
): readonly CompetitorDefinition[] {
  return (["everysec", "always"] as const).map((appendfsync) => ({
    key: appendfsync,
    name: `BullMQ, Redis synced ${APPENDFSYNC_MODES[appendfsync]}`,
    least,
    programs: [{ ...subject, kind: "bullmq" }],
    async prepare() {
      const binary = findRedis();
      if (binary === null) return "no redis-server on the path, nor by HERON_BENCH_REDIS";
      const redis = await startRedis(binary, join(folder, appendfsync), appendfsync);
      return {
        path: redis.socket,
        getHelperCpuSeconds: () => getCpuSeconds(redis.pid),
        stop: () => redis.stop(),
      };
    },
  }));
}
