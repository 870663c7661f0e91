import type { ShownDelivery } from "../../src/api/shown-delivery.ts";

export interface DeliveryPage {
  readonly deliveries: readonly ShownDelivery[];
  readonly next_cursor: string | null;
}

export interface DeliverySource {
  /** The page that begins there, with so many at the most; with null, the first. */
  load(cursor: string | null, most?: number): Promise<DeliveryPage>;
  /** Whether a delivery is one of these. */
  fits(delivery: ShownDelivery): boolean;
}

interface Chunk {
  readonly cursor: string | null;
  readonly first: number;
  readonly end: number;
}

/** Is told that something is not as it was, and which deliveries that are there ended with it. */
export type Watcher = (ended: readonly ShownDelivery[]) => void;

/** After the connection was lost, so many pages are looked through for what is new. */
const MOST_MISSED = 5;
/** Pages may be empty and not be the last; so many are asked for one after the other. */
const MOST_EMPTY = 50;

/**
 * Deliveries, the newest first, page by page as they are looked at. Those that come meanwhile are only counted, so that
 * nothing moves; those that change do so in their place.
 */
export class DeliveryRows {
  rows: readonly ShownDelivery[] = [];
  fresh: ReadonlySet<string> = new Set();
  /** Whether there is nothing beyond; undefined before the first page. */
  isAll: boolean | undefined;
  isLoading = false;
  failure: unknown = null;
  /** The row where the keys are, and how far the list was scrolled, for who comes back. */
  active: string | null = null;
  scrolled = 0;
  readonly #source: DeliverySource;
  readonly #places = new Map<string, number>();
  readonly #watchers = new Set<Watcher>();
  #chunks: readonly Chunk[] = [];
  #next: string | null = null;
  #turn = 0;
  #starting: Promise<void> = Promise.resolve();

  constructor(source: DeliverySource) {
    this.#source = source;
  }

  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  placeOf(id: string | null): number {
    return id === null ? -1 : (this.#places.get(id) ?? -1);
  }

  /** Begins anew, with the newest. What was there stays until these are. */
  start(): Promise<void> {
    this.#starting = this.#load(null);
    return this.#starting;
  }

  /** Goes on to older ones, if there are any and they are not on their way. */
  async more(): Promise<void> {
    if (this.isLoading || this.isAll !== false) return;
    await this.#load(this.#next);
  }

  /** Takes a delivery as it is now. Says whether it is one of those that are there. */
  take(delivery: ShownDelivery): boolean {
    const at = this.placeOf(delivery.heron_id);
    if (at >= 0) this.#patch([delivery]);
    else if (this.isAll !== undefined && this.#isNews(delivery)) this.#count(delivery.heron_id, true);
    else this.#count(delivery.heron_id, false);
    return at >= 0;
  }

  /** Brings rows up to date, by the pages that they are on. */
  async refresh(first: number, end: number): Promise<void> {
    const turn = this.#turn;
    for (const chunk of this.#chunks.filter((one) => one.first < end && one.end > first)) {
      const { deliveries } = await this.#source.load(chunk.cursor);
      if (turn !== this.#turn) return;
      this.#patch(deliveries.filter(({ heron_id }) => this.#places.has(heron_id)));
    }
  }

  /** Counts what came while nobody listened, and takes what changed, by pages of so many. */
  async catchUp(most?: number): Promise<void> {
    // What is on its way may have been read before one began to listen.
    await this.#starting;
    if (this.isAll === undefined) return;
    const starting = this.#starting;
    let cursor: string | null = null;
    for (let i = 0; i < MOST_MISSED; i++) {
      const page: DeliveryPage = await this.#source.load(cursor, most);
      if (starting !== this.#starting) return;
      const isKnown = page.deliveries.map((one) => this.take(one)).includes(true);
      cursor = page.next_cursor;
      if (isKnown || cursor === null) return;
    }
  }

  async #load(cursor: string | null): Promise<void> {
    const turn = ++this.#turn;
    this.isLoading = true;
    this.failure = null;
    this.#say();
    try {
      const page = await this.#filled(cursor);
      if (turn !== this.#turn) return;
      this.#append(cursor, page);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.failure = error;
    }
    this.isLoading = false;
    this.#say();
  }

  async #filled(cursor: string | null): Promise<DeliveryPage> {
    let page = await this.#source.load(cursor);
    for (let i = 0; i < MOST_EMPTY && page.deliveries.length === 0 && page.next_cursor !== null; i++)
      page = await this.#source.load(page.next_cursor);
    return page;
  }

  #append(cursor: string | null, { deliveries, next_cursor }: DeliveryPage): void {
    if (cursor === null) {
      this.rows = [];
      this.fresh = new Set();
      this.#chunks = [];
      this.#places.clear();
    }
    const first = this.rows.length;
    const added = deliveries.filter(({ heron_id }) => !this.#places.has(heron_id));
    for (const [i, { heron_id }] of added.entries()) this.#places.set(heron_id, first + i);
    this.rows = [...this.rows, ...added];
    this.#chunks = [...this.#chunks, { cursor, first, end: this.rows.length }];
    this.#next = next_cursor;
    this.isAll = next_cursor === null;
    if (this.placeOf(this.active) < 0) this.active = null;
  }

  #patch(deliveries: readonly ShownDelivery[]): void {
    if (deliveries.length === 0) return;
    const rows = [...this.rows];
    const ended: ShownDelivery[] = [];
    for (const delivery of deliveries) {
      const place = this.placeOf(delivery.heron_id);
      if (delivery.status !== "pending" && rows[place]?.status === "pending") ended.push(delivery);
      rows[place] = delivery;
    }
    this.rows = rows;
    this.#say(ended);
  }

  /** One that is older than all that is there will be loaded with its like. */
  #isNews(delivery: ShownDelivery): boolean {
    const oldest = this.rows.at(-1)?.created ?? "";
    return this.#source.fits(delivery) && (this.isAll === true || delivery.created >= oldest);
  }

  #count(id: string, isFresh: boolean): void {
    if (this.fresh.has(id) === isFresh) return;
    const fresh = new Set(this.fresh);
    if (isFresh) fresh.add(id);
    else fresh.delete(id);
    this.fresh = fresh;
    this.#say();
  }

  /** Tells who watches that something of it was set. */
  touch(): void {
    this.#say();
  }

  #say(ended: readonly ShownDelivery[] = []): void {
    for (const watcher of this.#watchers) watcher(ended);
  }
}
