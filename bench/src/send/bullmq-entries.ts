import { join } from "node:path";
import { cpuSeconds } from "../cpu-time.ts";
import type { Entry } from "./contenders.ts";
import { findRedis, startRedis } from "./redis.ts";
import type { SubjectOptions } from "./subject.ts";

const FSYNCS = { everysec: "each second", always: "always" } as const;

/** BullMQ over a Redis that syncs what it writes each second, and over one that does so at every write. */
export function bullmqEntries(
  folder: string,
  least: number,
  subject: Omit<SubjectOptions, "kind" | "path">,
): readonly Entry[] {
  return (["everysec", "always"] as const).map((appendfsync) => ({
    key: appendfsync,
    name: `BullMQ, Redis synced ${FSYNCS[appendfsync]}`,
    least,
    subjects: [{ ...subject, kind: "bullmq" }],
    async prepare() {
      const binary = findRedis();
      if (binary === null) return "no redis-server on the path, nor by HERON_BENCH_REDIS";
      const redis = await startRedis(binary, join(folder, appendfsync), appendfsync);
      return { path: redis.socket, helperSeconds: () => cpuSeconds(redis.pid), stop: () => redis.stop() };
    },
  }));
}
