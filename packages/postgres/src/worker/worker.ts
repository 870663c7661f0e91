import type {
  AttemptResult,
  Claim,
  ClaimRequest,
  ExpiredDelivery,
  Lease,
  NewEvent,
  PauseChange,
  WebhookRecord,
} from "@heron-webhooks/engine";
import {
  Claimer,
  LocalCompleter,
  type LocalWebhookQueue,
  type PendingCompletion,
} from "@heron-webhooks/engine";
import type { PublishedRow } from "../call-publish.ts";
import type { SqlClient } from "../database.ts";
import { Births } from "./births.ts";
import type { MemberContext } from "./context.ts";
import { Identity } from "./identity.ts";
import { Introductions } from "./introductions.ts";
import { Loading } from "./loading.ts";
import { Looking } from "./looking.ts";
import { Memory } from "./memory.ts";
import { Writing } from "./writing.ts";

/**
 * This process as one of those that share the database: the webhooks that it has, with what of them is in memory. Nothing
 * is in memory that is not marked as its own in the database; what it does not know any more it frees there.
 */
export class ProcessMember {
  /** The number that it went by at first. */
  readonly #first: number;
  readonly #identity: Identity;
  readonly #context: MemberContext;
  readonly #memory: Memory;
  readonly #births: Births;
  readonly #looking: Looking;
  readonly #loading: Loading;
  readonly #claiming: Claimer;
  readonly #settling: LocalCompleter;
  readonly #ended: (worker: ProcessMember) => void;
  readonly #heartbeat: NodeJS.Timeout;
  #look: Promise<void> | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #hasNews = true;
  /** Something failed, and may have been done all the same. */
  #isDoubtful = false;
  /** The last claim gave all that was asked for. */
  #isBusy = false;

  private constructor(
    id: number,
    deliveryId: (number: number) => string,
    context: MemberContext,
    ended: (worker: ProcessMember) => void,
  ) {
    this.#first = id;
    this.#context = context;
    this.#ended = ended;
    const now = (): number => context.clock.now();
    const memory = new Memory(deliveryId);
    const parts = { localQueue: memory.hot, queues: memory.lanes, now };
    this.#memory = memory;
    const introductions = new Introductions(memory, context.database.schema, now);
    const identity = new Identity(id, memory, introductions, context);
    this.#identity = identity;
    this.#births = new Births(memory, introductions, context);
    this.#looking = new Looking(() => identity.number, memory, introductions, context);
    this.#loading = new Loading(() => identity.number, memory, context);
    this.#claiming = new Claimer({
      ...parts,
      ready: () => this.#ready(),
      load: (lanes) => this.#load(lanes),
    });
    const writing = new Writing(identity, memory, context);
    this.#settling = new LocalCompleter({ ...parts, write: (settling) => this.#write(writing, settling) });
    this.#heartbeat = setInterval(() => void this.#beat().catch(() => {}), context.leaseMs / 3);
    this.#heartbeat.unref();
  }

  /** Writes itself down as one of the workers. `ended` is told when it was buried. */
  static async register(
    context: MemberContext,
    ended: (worker: ProcessMember) => void,
  ): Promise<ProcessMember> {
    const { database, ids, clock, leaseMs } = context;
    const deliveryId = await ids.getDeliveryIdFormatter();
    const [row] = await database.query<{ readonly id: number }>(
      `insert into ${database.schema}.processes(id, lease_until) values (nextval('${database.schema}.process_ids'), $1) returning id`,
      [clock.now() + leaseMs],
    );
    return new ProcessMember(row?.id ?? 0, deliveryId, context, ended);
  }

  get id(): number {
    return this.#identity.number;
  }

  /** What it can take in when something is published. */
  get capacity(): Memory["room"] {
    return this.#memory.room;
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    // No lease of a worker that was buried is one of the next.
    const claims = await this.#claiming.claim({ ...request, claimant: `${request.claimant}.${this.#first}` });
    this.#isBusy = claims.length === request.max;
    return claims;
  }

  complete(settlements: readonly AttemptResult[]): Promise<readonly Lease[]> {
    return this.#settling.complete(settlements);
  }

  renew(leases: readonly Lease[], leaseMs: number): readonly Lease[] {
    return this.#claiming.renew(leases, leaseMs);
  }

  expire(olderThanMs: number, max: number): Promise<readonly ExpiredDelivery[]> {
    return this.#settling.expire(olderThanMs, max);
  }

  async nextDueIn(): Promise<number | null> {
    const next = await this.#claiming.nextDueIn();
    const { nextFree } = this.#looking;
    const free = nextFree === null ? null : Math.max(0, nextFree - this.#context.clock.now());
    // What is due by then is to be taken, and not only waited for.
    if (free === 0) this.#hasNews = true;
    return next === null || free === null ? (next ?? free) : Math.min(next, free);
  }

  setPause(change: PauseChange): void {
    this.#memory.hot.setPause(change, this.#context.clock.now());
  }

  onWebhookChanged(record: WebhookRecord): void {
    this.#memory.hot.updateWebhook(record, this.#context.clock.now());
  }

  onWebhookDeleted(id: string): void {
    this.#memory.remove(id);
  }

  /** See {@link Memory.asOf}. */
  get revision(): number {
    return this.#memory.asOf;
  }

  /** See {@link Memory.waits}. */
  setNextStoredDue(webhook: number, due: number | null, asOf: number): void {
    this.#memory.waits(webhook, due, asOf, this.#context.clock.now());
  }

  /** There may be something that it does not know of: it looks before it claims again. */
  onNotification(): void {
    this.#hasNews = true;
  }

  /** Something failed that it may have got something by. */
  markUncertain(): void {
    this.#isDoubtful = true;
  }

  /** See {@link Births.take}. */
  enqueue(client: SqlClient, events: readonly NewEvent[], row: PublishedRow, at: number): Promise<void> {
    return this.#births.take(client, events, row, at);
  }

  /** Gives back what it has. */
  async close(): Promise<void> {
    this.stop();
    await this.#identity.leave();
  }

  stop(): void {
    clearInterval(this.#heartbeat);
  }

  async #ready(): Promise<void> {
    const { clock, database, pollIntervalMs } = this.#context;
    if (clock.isStale) await database.run((client) => clock.sync(client));
    if (this.#hasNews || this.#isDoubtful || clock.now() - this.#lookedAt > pollIntervalMs)
      await this.#lookOnce();
  }

  /** Whatever went wrong unseen is set right by this. */
  async #beat(): Promise<void> {
    await this.#context.mutex.run(() => this.#identity.compare());
    await this.#lookOnce();
  }

  #lookOnce(): Promise<void> {
    this.#look ??= this.#changing(async () => {
      const at = this.#context.clock.now();
      this.#hasNews = false;
      const isAlive = await this.#looking.look(this.#isBusy);
      this.#lookedAt = at;
      if (this.#looking.hasMore) this.#hasNews = true;
      return isAlive;
    }).finally(() => {
      this.#look = null;
    });
    return this.#look;
  }

  #load(lanes: readonly LocalWebhookQueue[]): Promise<void> {
    return this.#changing(() => this.#loading.load(lanes));
  }

  #release(numbers: readonly number[]): Promise<void> {
    return this.#changing(async () => {
      await this.#context.database.run((client) => this.#looking.release(client, numbers));
      return true;
    });
  }

  /** Does what changes what it has; `work` says whether it has not been buried. */
  #changing(work: () => Promise<boolean>): Promise<void> {
    return this.#context.mutex.run(async () => {
      try {
        if (!(await this.#isCertain()) || !(await work())) this.#end();
      } catch (error) {
        this.#isDoubtful = true;
        this.#hasNews = true;
        throw error;
      }
    });
  }

  /** Leaves behind what it does not know the end of. False if it was buried. */
  async #isCertain(): Promise<boolean> {
    if (!this.#isDoubtful) return true;
    const isThere = await this.#identity.succeed();
    this.#isDoubtful = false;
    return isThere;
  }

  /** It was buried: nothing of what it has in memory is its own, and nobody is to look for more of it. */
  #end(): void {
    this.#memory.removeAll(this.#memory.hot.listQueues());
    this.#ended(this);
  }

  async #write(
    writing: Writing,
    settling: readonly PendingCompletion[],
  ): Promise<ReadonlySet<PendingCompletion>> {
    try {
      return await writing.write(settling);
    } catch (error) {
      this.#isDoubtful = true;
      throw error;
    } finally {
      // Should it fail, that is for who looks next to say.
      void this.#memory.lanes.evictIdle((numbers) => this.#release(numbers)).catch(() => {});
    }
  }
}
