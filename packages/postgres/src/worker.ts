import type {
  Claim,
  ClaimRequest,
  ExpiredDelivery,
  GateChange,
  Lease,
  NewEvent,
  Settlement,
  WebhookRecord,
} from "@heron-webhooks/sender";
import {
  Claiming,
  type HotDelivery,
  type HotEvent,
  type HotLane,
  HotSettling,
  type Settling,
} from "@heron-webhooks/sender/store";
import type { Database, Queryable } from "./database.ts";
import { Gathered } from "./gathered.ts";
import { introductions } from "./introductions.ts";
import { Memory } from "./memory.ts";
import type { Names } from "./names.ts";
import type { PublishedRow } from "./publishing.ts";
import { HOT } from "./schema/publishing.ts";
import { CHANGED, DUE, IDLE_OTHERS, NEXT_FREE, TAKEN } from "./schema/working.ts";
import type { Serial } from "./serial.ts";
import type { ServerClock } from "./server-clock.ts";
import { writeSettled } from "./written.ts";

export interface WorkerContext {
  readonly database: Database;
  readonly names: Names;
  readonly clock: ServerClock;
  /** What changes who has what is done one after the other. */
  readonly serial: Serial;
  /** For how long it is believed to be there without having been heard of, in milliseconds. */
  readonly leaseMs: number;
  /** How often it looks for news at least, in milliseconds. */
  readonly pollMs: number;
  /** It was buried, or does not know what it has. */
  readonly ended: (worker: Worker) => void;
}

interface LookRow {
  readonly kind: number;
  readonly webhook: number;
  readonly due: number | null;
}

interface DeliveryRow extends HotEvent {
  readonly id: number;
  readonly webhook: number;
  readonly attempts: number;
  readonly before: number;
  readonly since: number;
  readonly due: number;
}

/** So many webhooks it takes at a look, of those that nobody has. */
const MOST_TAKEN = 500;
/** How many deliveries are brought into memory at once, and of each webhook. */
const MOST_LOADED = 1024;
const LEAST_EACH = 16;
const MOST_EACH = 256;
const MOST_BYTES = 8 * 1024 * 1024;
/** So many of the calls to write down what attempts came to make one statement. */
const MOST_CALLS = 64;

/**
 * This process as one of those that share the database: the webhooks that it has, with what of them is in memory. Nothing
 * is in memory that is not marked as its own in the database; what it does not know any more it frees there.
 */
export class Worker {
  readonly id: number;
  readonly #context: WorkerContext;
  readonly #memory = new Memory();
  readonly #claiming: Claiming;
  readonly #settling: HotSettling;
  readonly #deliveryId: (number: number) => string;
  readonly #heartbeat: NodeJS.Timeout;
  #looking: Promise<void> | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #hasNews = true;
  /** Something failed, and may have been done all the same. */
  #isDoubtful = false;
  /** The last claim gave all that was asked for. */
  #isBusy = false;
  /** When the next is due of the webhooks that nobody has. */
  #nextFree: number | null = null;
  /** How large what was loaded last was, on average. */
  #size = 1024;

  constructor(id: number, deliveryId: (number: number) => string, context: WorkerContext) {
    this.id = id;
    this.#context = context;
    this.#deliveryId = deliveryId;
    const now = (): number => context.clock.now();
    const parts = { hot: this.#memory.hot, lanes: this.#memory.lanes, now };
    this.#claiming = new Claiming({
      ...parts,
      ready: () => this.#ready(),
      load: (lanes) => this.#load(lanes),
    });
    const writing = new Gathered<readonly Settling[], ReadonlySet<Settling>>(MOST_CALLS, (calls) =>
      this.#write(calls),
    );
    this.#settling = new HotSettling({ ...parts, write: (settling) => writing.add(settling) });
    this.#heartbeat = setInterval(() => void this.#look().catch(() => {}), context.leaseMs / 3);
    this.#heartbeat.unref();
  }

  /** Writes itself down as one of the workers. */
  static async begin(context: WorkerContext): Promise<Worker> {
    const { database, names, clock, leaseMs } = context;
    const deliveryId = await names.deliveryId();
    const [row] = await database.query<{ readonly id: number }>(
      `insert into ${database.schema}.workers(id, alive_until) values (nextval('${database.schema}.worker_ids'), $1) returning id`,
      [clock.now() + leaseMs],
    );
    return new Worker(row?.id ?? 0, deliveryId, context);
  }

  /** What it can take in when something is published. */
  get room(): { readonly count: number; readonly full: readonly number[] } {
    return { count: this.#memory.room, full: this.#memory.full() };
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const claims = await this.#claiming.claim(request);
    this.#isBusy = claims.length === request.max;
    return claims;
  }

  settle(settlements: readonly Settlement[]): Promise<readonly Lease[]> {
    return this.#settling.settle(settlements);
  }

  renew(leases: readonly Lease[], leaseMs: number): readonly Lease[] {
    return this.#claiming.renew(leases, leaseMs);
  }

  expire(olderThanMs: number, max: number): Promise<readonly ExpiredDelivery[]> {
    return this.#settling.expire(olderThanMs, max);
  }

  async nextDueIn(): Promise<number | null> {
    const next = await this.#claiming.nextDueIn();
    const free = this.#nextFree === null ? null : Math.max(0, this.#nextFree - this.#context.clock.now());
    return next === null || free === null ? (next ?? free) : Math.min(next, free);
  }

  gate(change: GateChange): void {
    this.#memory.hot.gate(change, this.#context.clock.now());
  }

  changed(record: WebhookRecord): void {
    this.#memory.hot.change(record, this.#context.clock.now());
  }

  removed(id: string): void {
    this.#memory.remove(id);
  }

  /** There may be something that it does not know of: it looks before it claims again. */
  hear(): void {
    this.#hasNews = true;
  }

  doubt(): void {
    this.#isDoubtful = true;
  }

  /** Takes in what was published, of what is for its memory or waits for it. */
  async bear(client: Queryable, events: readonly NewEvent[], row: PublishedRow, at: number): Promise<void> {
    const { ids, webhooks, births, states, made, properties } = row;
    if (webhooks === null || births === null) return;
    const own = webhooks.filter((_, i) => births[i] !== undefined && births[i] <= HOT);
    await this.#introduce(client, own);
    const now = this.#context.clock.now();
    let next = 0;
    for (const [i, { topic, body, traceparent = null }] of events.entries()) {
      if (states[i] !== 0) continue;
      const event: HotEvent = { topic, body, user: properties?.[i] ?? null, traceparent };
      for (const to = next + (made[i] ?? 0); next < to; next++) {
        const [id, webhook] = [ids[next] as number, webhooks[next] as number];
        if (births[next] === HOT)
          this.#take({ id, webhook, event, attempts: 0, before: 0, since: at, due: at }, now);
        else if (births[next] === 0) this.#memory.lanes.stored({ webhook, due: at, replaces: false }, now);
      }
    }
  }

  /** Gives back what it has. */
  async close(): Promise<void> {
    this.stop();
    await this.#context.database.query(`select ${this.#context.database.schema}.leave($1)`, [this.id]);
  }

  stop(): void {
    clearInterval(this.#heartbeat);
  }

  async #ready(): Promise<void> {
    const { clock, database, pollMs, serial } = this.#context;
    if (clock.isStale) await database.run((client) => clock.ask(client));
    if (this.#isDoubtful) await serial.run(() => this.#setRight());
    if (this.#hasNews || performance.now() - this.#lookedAt > pollMs) await this.#look();
  }

  #look(): Promise<void> {
    this.#looking ??= this.#context.serial
      .run(() => this.#lookOnce())
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const { database, clock, leaseMs, ended } = this.#context;
    const at = performance.now();
    this.#hasNews = false;
    try {
      await database.run(async (client) => {
        const { rows } = await client.query(
          `select kind, webhook, due from ${database.schema}.look($1, $2, $3, $4, $5)`,
          [clock.now(), this.id, leaseMs, !this.#isBusy, MOST_TAKEN],
        );
        const heard = rows as readonly LookRow[];
        if (heard.length === 0) return ended(this);
        await this.#takeIn(client, heard);
        const taken = heard.filter(({ kind }) => kind === TAKEN).length;
        // There may be more of them.
        if (taken === MOST_TAKEN) this.#hasNews = true;
        await this.#share(client, heard.find(({ kind }) => kind === IDLE_OTHERS)?.due ?? 0);
      });
      this.#lookedAt = at;
    } catch (error) {
      this.#hasNews = true;
      this.#isDoubtful = true;
      throw error;
    }
  }

  async #takeIn(client: Queryable, heard: readonly LookRow[]): Promise<void> {
    const { lanes } = this.#memory;
    const numbersOf = (wanted: number): readonly number[] =>
      heard.filter(({ kind }) => kind === wanted).map(({ webhook }) => webhook);
    await this.#introduce(client, numbersOf(TAKEN));
    await this.#relearn(client, numbersOf(CHANGED));
    const now = this.#context.clock.now();
    for (const { kind, webhook, due } of heard)
      if (kind === DUE) lanes.stored({ webhook, due, replaces: false }, now);
      else if (kind === NEXT_FREE) this.#nextFree = due;
  }

  /** Meets webhooks that it has now. */
  async #introduce(client: Queryable, numbers: readonly number[]): Promise<void> {
    const { lanes } = this.#memory;
    const unknown = [...new Set(numbers)].filter((number) => lanes.get(number) === undefined);
    if (unknown.length === 0) return;
    const found = await introductions(client, this.#context.database.schema, unknown);
    const now = this.#context.clock.now();
    for (const { introduced, due } of found) {
      lanes.introduce(introduced, now);
      lanes.stored({ webhook: introduced.number, due, replaces: false }, now);
    }
  }

  async #relearn(client: Queryable, numbers: readonly number[]): Promise<void> {
    const { lanes } = this.#memory;
    const known = [...new Set(numbers)].filter((number) => lanes.get(number) !== undefined);
    if (known.length === 0) return;
    const found = await introductions(client, this.#context.database.schema, known);
    const now = this.#context.clock.now();
    for (const { introduced } of found) lanes.changed(introduced, now);
    for (const number of known)
      if (!found.some(({ introduced }) => introduced.number === number)) {
        const lane = lanes.get(number);
        if (lane !== undefined) this.#memory.remove(lane.record.id);
      }
  }

  #load(lanes: readonly HotLane[]): Promise<void> {
    const { database, clock, serial } = this.#context;
    return serial.run(async () => {
      const numbers = lanes.flatMap((lane) => this.#memory.lanes.numberOf(lane) ?? []);
      const fitting = Math.floor(MOST_BYTES / numbers.length / this.#size);
      const each = Math.max(
        1,
        Math.min(MOST_EACH, fitting, Math.max(LEAST_EACH, Math.floor(MOST_LOADED / numbers.length))),
      );
      try {
        await database.run(async (client) => {
          const { rows } = await client.query(
            `select ids, nexts from ${database.schema}.load($1, $2, $3, $4)`,
            [clock.now(), this.id, numbers, each],
          );
          const [marked] = rows as readonly {
            readonly ids: readonly number[] | null;
            readonly nexts: readonly (number | null)[];
          }[];
          if (marked === undefined) return this.#context.ended(this);
          await this.#read(client, marked.ids ?? []);
          const now = clock.now();
          for (const [i, webhook] of numbers.entries())
            this.#memory.lanes.stored({ webhook, due: marked.nexts[i] ?? null, replaces: true }, now);
        });
      } catch (error) {
        this.#isDoubtful = true;
        throw error;
      }
    });
  }

  /** What it has marked as its own. */
  async #read(client: Queryable, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    const { schema } = this.#context.database;
    const { rows } = await client.query(
      `select o.id::double precision, o.webhook, o.attempts, o.before, o.since::double precision, o.due::double precision, e.topic, e.body,
        e.properties as user, e.trace as traceparent from ${schema}.owed o join ${schema}.events e on e.id = o.event where o.id = any($1) and o.holder = $2`,
      [ids, this.id],
    );
    const now = this.#context.clock.now();
    let bytes = 0;
    for (const { topic, body, user, traceparent, ...row } of rows as readonly DeliveryRow[]) {
      bytes += body.length;
      this.#take({ ...row, event: { topic, body, user, traceparent } }, now);
    }
    this.#size = Math.max(256, bytes / Math.max(1, rows.length));
  }

  #take(row: Omit<DeliveryRow, keyof HotEvent> & { readonly event: HotEvent }, now: number): void {
    const { id, webhook, event, attempts, before, since, due } = row;
    const lane = this.#memory.lanes.get(webhook);
    if (lane === undefined) return;
    const delivery: HotDelivery = {
      id: this.#deliveryId(id),
      sequence: id,
      event,
      lane,
      attempts,
      attemptsBefore: before,
      owedSince: since,
      due,
    };
    this.#memory.add(webhook, delivery, now);
  }

  async #write(calls: readonly (readonly Settling[])[]): Promise<readonly ReadonlySet<Settling>[]> {
    const { database, clock } = this.#context;
    const all = calls.flat();
    const now = clock.now();
    const lasted = await writeSettled(database, this.id, all, now);
    for (const { delivery, webhook, settled } of all) {
      // With a webhook that was removed meanwhile all of its deliveries left.
      if (this.#memory.lanes.get(webhook) === delivery.lane) this.#memory.left(webhook, delivery);
      if (settled.state === "retry")
        this.#memory.lanes.stored({ webhook, due: now + settled.delayMs, replaces: false }, now);
      else if (settled.state === "release")
        this.#memory.lanes.stored({ webhook, due: now, replaces: false }, now);
    }
    return calls.map((settling) => new Set(settling.filter((one) => !lasted.has(one))));
  }

  /** Frees what is marked as its own and is not in memory: what failed may have been done all the same. */
  async #setRight(): Promise<void> {
    const { database, clock } = this.#context;
    const { schema } = database;
    const rows = await database.query<{ readonly id: number }>(
      `select id::double precision from ${schema}.owed where holder = $1`,
      [this.id],
    );
    const known = new Set([...this.#memory.hot.deliveries()].map(({ sequence }) => sequence));
    const unknown = rows.filter(({ id }) => !known.has(id)).map(({ id }) => id);
    const lanes = await database.query<{ readonly webhook: number }>(
      `select webhook from ${schema}.lanes where holder = $1`,
      [this.id],
    );
    const freed = await database.query<{ readonly webhook: number; readonly due: number }>(
      `update ${schema}.owed set holder = null where id = any($1) and holder = $2 returning webhook, due::double precision`,
      [unknown, this.id],
    );
    await database.run((client) =>
      this.#introduce(
        client,
        lanes.map(({ webhook }) => webhook),
      ),
    );
    const now = clock.now();
    for (const { webhook, due } of freed) this.#memory.lanes.stored({ webhook, due, replaces: false }, now);
    this.#isDoubtful = false;
  }

  /** Leaves some of its webhooks to others, if it has more to do than it can and they have less. */
  async #share(client: Queryable, idleOthers: number): Promise<void> {
    if (!this.#isBusy || idleOthers < 1) return;
    const { database, clock } = this.#context;
    const { hot, lanes } = this.#memory;
    const now = clock.now();
    const loaded = hot
      .lanes()
      .filter((lane) => lane.waiting.length > 0 || (lane.storedDue ?? Number.POSITIVE_INFINITY) <= now);
    const quiet = loaded.filter((lane) => lane.live + lane.unsettled === 0 && !lane.loading);
    const given = quiet.slice(0, Math.floor((loaded.length * idleOthers) / (idleOthers + 1)));
    const numbers = given.flatMap((lane) => lanes.numberOf(lane) ?? []);
    if (numbers.length === 0) return;
    for (const { record } of given) this.#memory.remove(record.id);
    await client.query(`select ${database.schema}.release($1, $2, $3)`, [now, this.id, numbers]);
  }
}
