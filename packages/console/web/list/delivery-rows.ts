import type { DeliveryDto } from "../../src/api/dto/delivery-dto.ts";

export interface DeliveriesResponse {
  readonly deliveries: readonly DeliveryDto[];
  readonly next_cursor: string | null;
}

export interface DeliverySource {
  /** The page that begins there, with so many at the most; with null, the first. */
  load(cursor: string | null, limit?: number): Promise<DeliveriesResponse>;
  /** Whether a delivery is one of these. */
  matches(delivery: DeliveryDto): boolean;
}

interface LoadedPage {
  readonly cursor: string | null;
  readonly first: number;
  readonly end: number;
}

/** Is told that something is not as it was, and which deliveries that are there ended with it. */
export type RowsListener = (ended: readonly DeliveryDto[]) => void;

/** After the connection was lost, so many pages are looked through for what is new. */
const MAX_CATCH_UP_PAGES = 5;
/** Pages may be empty and not be the last; so many are asked for one after the other. */
const MAX_EMPTY_PAGES = 50;

/**
 * Deliveries, newest first, page by page as they are looked at. Those that come meanwhile are only counted, so that
 * nothing moves; those that change do so in their place.
 */
export class DeliveryRows {
  rows: readonly DeliveryDto[] = [];
  newIds: ReadonlySet<string> = new Set();
  /** Whether there is nothing beyond; undefined before the first page. */
  isComplete: boolean | undefined;
  isLoading = false;
  failure: unknown = null;
  /** The row where the keys are, and how far the list was scrolled, for who comes back. */
  active: string | null = null;
  scrollTop = 0;
  readonly #source: DeliverySource;
  readonly #indexes = new Map<string, number>();
  readonly #listeners = new Set<RowsListener>();
  #loadedPages: readonly LoadedPage[] = [];
  #nextCursor: string | null = null;
  #generation = 0;
  #firstLoad: Promise<void> = Promise.resolve();

  constructor(source: DeliverySource) {
    this.#source = source;
  }

  subscribe(watcher: RowsListener): () => void {
    this.#listeners.add(watcher);
    return () => this.#listeners.delete(watcher);
  }

  indexOf(id: string | null): number {
    return id === null ? -1 : (this.#indexes.get(id) ?? -1);
  }

  /** Begins anew, with the newest. What was there stays until these are. */
  reload(): Promise<void> {
    this.#firstLoad = this.#load(null);
    return this.#firstLoad;
  }

  /** Goes on to older ones, if there are any and they are not on their way. */
  async loadMore(): Promise<void> {
    if (this.isLoading || this.isComplete !== false) return;
    await this.#load(this.#nextCursor);
  }

  /** Takes a delivery as it is now. Says whether it is one of those that are there. */
  update(delivery: DeliveryDto): boolean {
    const index = this.indexOf(delivery.heron_id);
    if (index >= 0) this.#replace([delivery]);
    else if (this.isComplete !== undefined && this.#isNew(delivery)) this.#markNew(delivery.heron_id, true);
    else this.#markNew(delivery.heron_id, false);
    return index >= 0;
  }

  /** Brings rows up to date, by the pages that they are on. */
  async refresh(first: number, end: number): Promise<void> {
    const generation = this.#generation;
    for (const page of this.#loadedPages.filter((page) => page.first < end && page.end > first)) {
      const { deliveries } = await this.#source.load(page.cursor);
      if (generation !== this.#generation) return;
      this.#replace(deliveries.filter(({ heron_id }) => this.#indexes.has(heron_id)));
    }
  }

  /** Counts what came while nobody listened, and takes what changed, by pages of so many. */
  async catchUp(limit?: number): Promise<void> {
    // What is on its way may have been read before one began to listen.
    await this.#firstLoad;
    if (this.isComplete === undefined) return;
    const firstLoad = this.#firstLoad;
    let cursor: string | null = null;
    for (let i = 0; i < MAX_CATCH_UP_PAGES; i++) {
      const page: DeliveriesResponse = await this.#source.load(cursor, limit);
      if (firstLoad !== this.#firstLoad) return;
      const isKnown = page.deliveries.map((delivery) => this.update(delivery)).includes(true);
      cursor = page.next_cursor;
      if (isKnown || cursor === null) return;
    }
  }

  async #load(cursor: string | null): Promise<void> {
    const generation = ++this.#generation;
    this.isLoading = true;
    this.failure = null;
    this.#notifyListeners();
    try {
      const page = await this.#loadNonEmptyPage(cursor);
      if (generation !== this.#generation) return;
      this.#append(cursor, page);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.failure = error;
    }
    this.isLoading = false;
    this.#notifyListeners();
  }

  async #loadNonEmptyPage(cursor: string | null): Promise<DeliveriesResponse> {
    let page = await this.#source.load(cursor);
    for (let i = 0; i < MAX_EMPTY_PAGES && page.deliveries.length === 0 && page.next_cursor !== null; i++)
      page = await this.#source.load(page.next_cursor);
    return page;
  }

  #append(cursor: string | null, { deliveries, next_cursor }: DeliveriesResponse): void {
    if (cursor === null) {
      this.rows = [];
      this.newIds = new Set();
      this.#loadedPages = [];
      this.#indexes.clear();
    }
    const first = this.rows.length;
    const added = deliveries.filter(({ heron_id }) => !this.#indexes.has(heron_id));
    for (const [i, { heron_id }] of added.entries()) this.#indexes.set(heron_id, first + i);
    this.rows = [...this.rows, ...added];
    this.#loadedPages = [...this.#loadedPages, { cursor, first, end: this.rows.length }];
    this.#nextCursor = next_cursor;
    this.isComplete = next_cursor === null;
    if (this.indexOf(this.active) < 0) this.active = null;
  }

  #replace(deliveries: readonly DeliveryDto[]): void {
    if (deliveries.length === 0) return;
    const rows = [...this.rows];
    const ended: DeliveryDto[] = [];
    for (const delivery of deliveries) {
      const index = this.indexOf(delivery.heron_id);
      if (delivery.status !== "pending" && rows[index]?.status === "pending") ended.push(delivery);
      rows[index] = delivery;
    }
    this.rows = rows;
    this.#notifyListeners(ended);
  }

  /** One that is older than all that is there will be loaded with its like. */
  #isNew(delivery: DeliveryDto): boolean {
    const oldest = this.rows.at(-1)?.created ?? "";
    return this.#source.matches(delivery) && (this.isComplete === true || delivery.created >= oldest);
  }

  #markNew(id: string, isNew: boolean): void {
    if (this.newIds.has(id) === isNew) return;
    const fresh = new Set(this.newIds);
    if (isNew) fresh.add(id);
    else fresh.delete(id);
    this.newIds = fresh;
    this.#notifyListeners();
  }

  /** Tells who watches that something of it was set. */
  notify(): void {
    this.#notifyListeners();
  }

  #notifyListeners(ended: readonly DeliveryDto[] = []): void {
    for (const watcher of this.#listeners) watcher(ended);
  }
}
