import type { RecordableHistogram } from "node:perf_hooks";

/** Something that delivers, in a process of its own. */
export interface DeliveryProgram {
  /** Begins to deliver as fast as it can. */
  start(): void;
  /** How many it has delivered, and recorded if it records any. */
  delivered(): number;
  /** How long callers waited until what they gave was kept, in nanoseconds; null if nothing is kept. */
  readonly emits: RecordableHistogram | null;
  /** How many are on their way: emitted, if anything is, and not delivered. */
  countPending(): number;
  /** Begins nothing more. */
  stop(): void;
  close(): Promise<void>;
}

/** Where a subject sends to, and where it keeps things. */
export interface DeliveryProgramOptions {
  readonly kind: "limit" | "heron" | "bullmq" | "p-queue" | "pg-boss" | "graphile-worker";
  readonly origin: string;
  /** What it keeps things in: a file, the socket of a Redis, or the URL of a database of PostgreSQL. */
  readonly path: string;
  /** For heron: whose events they are, and whose webhook. Default: nobody's in particular. */
  readonly account?: string;
  /** For BullMQ: whether it posts as heron does, by undici's own interface, and not by `fetch`. Default false. */
  readonly usesPool?: boolean;
  /** For heron: how many webhooks events go to in turn. Default 1. */
  readonly webhooks?: number;
  /** For heron: whether there is another webhook, which hangs and is owed something. */
  readonly hasHangingWebhook?: boolean;
}

/** Half of the values are below `p50`, and so on; in milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What a subject says of itself. */
export interface ProgramFigures {
  /** When, in milliseconds of a clock that only goes forward. */
  readonly at: number;
  readonly delivered: number;
  readonly pending: number;
  readonly cpuMicroseconds: number;
  /** By how much its event loop was late, since it was last told to forget. */
  readonly loopDelay: Spread;
  readonly emits: Spread | null;
}

/** Under way at once, and connections: the same for all. */
export const CONCURRENCY = 64;
/** So many callers emit at once. */
export const CALLER_COUNT = 200;
/** So many may be emitted and not delivered: a caller waits rather than run ahead for ever. */
export const MAX_PENDING = 1000;
