import type { RecordableHistogram } from "node:perf_hooks";

/** A program that delivers, in a child process. */
export interface DeliveryProgram {
  /** Starts to emit and deliver at full load. */
  start(): void;
  /** How many it has delivered and recorded, if it keeps a record. */
  delivered(): number;
  /** How long each emit took until it was durable, in nanoseconds; null if nothing is stored. */
  readonly emits: RecordableHistogram | null;
  /** How many are emitted and not delivered. */
  countPending(): number;
  /** Stops emitting. */
  stop(): void;
  close(): Promise<void>;
}

export interface DeliveryProgramOptions {
  readonly kind: "limit" | "heron" | "bullmq" | "p-queue" | "pg-boss" | "graphile-worker";
  readonly origin: string;
  /** Its storage: a file, the socket of a Redis, or the URL of a PostgreSQL database. */
  readonly path: string;
  /** For heron: the account of the events and the webhook. */
  readonly account?: string;
  /** For BullMQ: whether it posts with undici's Pool, like heron, instead of `fetch`. Default false. */
  readonly usesPool?: boolean;
  /** For heron: the number of webhooks, which get events round-robin. Default 1. */
  readonly webhooks?: number;
  /** For heron: whether there is another webhook, with pending deliveries, whose receiver hangs. */
  readonly hasHangingWebhook?: boolean;
}

/** Percentiles, in milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Figures that a program reports. */
export interface ProgramFigures {
  /** In milliseconds of a monotonic clock. */
  readonly at: number;
  readonly delivered: number;
  readonly pending: number;
  readonly cpuMicroseconds: number;
  /** The event loop delay since the last reset. */
  readonly loopDelay: Spread;
  readonly emits: Spread | null;
}

/** Attempts in flight, and connections: the same for all. */
export const CONCURRENCY = 64;
export const CALLER_COUNT = 200;
/** How many may be emitted and not delivered before callers wait. */
export const MAX_PENDING = 1000;
