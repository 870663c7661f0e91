import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findRedis, type RedisServer, startRedis } from "./redis.ts";
import { type Started, startSubject } from "./slices.ts";
import type { SubjectOptions } from "./subject.ts";

/** Who takes part in the comparison. */
export interface Contender {
  readonly key: string;
  readonly name: string;
  /** Null if it cannot take part, for the reason in `missing`. */
  readonly started: Started | null;
  readonly missing: string;
  readonly redis: RedisServer | null;
  /** The least ratio that is wanted; null if none is. */
  readonly least: number | null;
}

interface Entry {
  readonly key: string;
  readonly name: string;
  readonly kind: SubjectOptions["kind"];
  readonly least: number | null;
  readonly appendfsync?: "everysec" | "always";
}

const ENTRIES: readonly Entry[] = [
  { key: "limit", name: "undici alone (the limit)", kind: "limit", least: null },
  { key: "again", name: "undici alone, again (A/A)", kind: "limit", least: null },
  { key: "heron", name: "heron, each commit synced", kind: "heron", least: 0.7 },
  {
    key: "everysec",
    name: "BullMQ, Redis synced each second",
    kind: "bullmq",
    least: 3,
    appendfsync: "everysec",
  },
  { key: "always", name: "BullMQ, Redis synced always", kind: "bullmq", least: 3, appendfsync: "always" },
  { key: "p-queue", name: "p-queue, keeps nothing", kind: "p-queue", least: 2 },
];

/** Starts each in a process of its own. */
export async function startContenders(origin: string, folder: string): Promise<readonly Contender[]> {
  await mkdir(folder, { recursive: true });
  const redis = findRedis();
  const contenders: Contender[] = [];
  try {
    for (const entry of ENTRIES) contenders.push(await start(entry, origin, folder, redis));
    return contenders;
  } catch (error) {
    await stopContenders(contenders);
    throw error;
  }
}

async function start(
  { key, name, kind, least, appendfsync }: Entry,
  origin: string,
  folder: string,
  binary: string | null,
): Promise<Contender> {
  if (appendfsync !== undefined && binary === null) {
    const missing = "no redis-server on the path, nor by HERON_BENCH_REDIS";
    return { key, name, least, started: null, missing, redis: null };
  }
  const redis =
    appendfsync === undefined || binary === null
      ? null
      : await startRedis(binary, join(folder, key), appendfsync);
  try {
    const program = await startSubject({ kind, origin, path: redis?.socket ?? join(folder, `${key}.db`) });
    return {
      key,
      name,
      least,
      started: { name, program, helper: redis ?? undefined },
      missing: "",
      redis,
    };
  } catch (error) {
    await redis?.stop();
    throw error;
  }
}

export async function stopContenders(contenders: readonly Contender[]): Promise<void> {
  for (const { started, redis } of contenders) {
    await started?.program.stop();
    await redis?.stop();
  }
}
