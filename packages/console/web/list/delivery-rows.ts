import type { DeliveryDto } from "../../src/api/dto/delivery-dto.ts";

export interface DeliveriesResponse {
  readonly deliveries: readonly DeliveryDto[];
  readonly next_cursor: string | null;
}

export interface DeliverySource {
  /** Loads the page at a cursor; null for the first page. */
  load(cursor: string | null, limit?: number): Promise<DeliveriesResponse>;
  /** Whether a delivery matches the filter. */
  matches(delivery: DeliveryDto): boolean;
}

interface LoadedPage {
  readonly cursor: string | null;
  readonly first: number;
  readonly end: number;
}

/** Called after a change, with the deliveries that are no longer pending. */
export type RowsListener = (ended: readonly DeliveryDto[]) => void;

/** Pages searched for new deliveries after a reconnect. */
const MAX_CATCH_UP_PAGES = 5;
/** A page can be empty without being the last. */
const MAX_EMPTY_PAGES = 50;

/**
 * Rows of deliveries, newest first, loaded page by page. New deliveries are only counted, so that rows do not move; changed
 * deliveries are updated in place.
 */
export class DeliveryRows {
  rows: readonly DeliveryDto[] = [];
  newIds: ReadonlySet<string> = new Set();
  /** Whether the last page is loaded; undefined before the first page. */
  isComplete: boolean | undefined;
  isLoading = false;
  failure: unknown = null;
  /** The active row and the scroll position, restored after back navigation. */
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

  subscribe(listener: RowsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  indexOf(id: string | null): number {
    return id === null ? -1 : (this.#indexes.get(id) ?? -1);
  }

  /** Reloads from the newest delivery. The current rows stay until then. */
  reload(): Promise<void> {
    this.#firstLoad = this.#load(null);
    return this.#firstLoad;
  }

  /** Loads the next page, unless there is none or it is loading. */
  async loadMore(): Promise<void> {
    if (this.isLoading || this.isComplete !== false) return;
    await this.#load(this.#nextCursor);
  }

  /** Updates a delivery and returns whether it is in the list. */
  update(delivery: DeliveryDto): boolean {
    const index = this.indexOf(delivery.heron_id);
    if (index >= 0) this.#replace([delivery]);
    else if (this.isComplete !== undefined && this.#isNew(delivery)) this.#markNew(delivery.heron_id, true);
    else this.#markNew(delivery.heron_id, false);
    return index >= 0;
  }

  /** Reloads the pages of a range of rows. */
  async refresh(first: number, end: number): Promise<void> {
    const generation = this.#generation;
    for (const page of this.#loadedPages.filter((page) => page.first < end && page.end > first)) {
      const { deliveries } = await this.#source.load(page.cursor);
      if (generation !== this.#generation) return;
      this.#replace(deliveries.filter(({ heron_id }) => this.#indexes.has(heron_id)));
    }
  }

  /** Counts new deliveries and updates changed ones after a gap in the stream. */
  async catchUp(limit?: number): Promise<void> {
    // The first page may have been read before the stream started.
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

  /** An older delivery is not new: it is loaded with its page. */
  #isNew(delivery: DeliveryDto): boolean {
    const oldest = this.rows.at(-1)?.created ?? "";
    return this.#source.matches(delivery) && (this.isComplete === true || delivery.created >= oldest);
  }

  #markNew(id: string, isNew: boolean): void {
    if (this.newIds.has(id) === isNew) return;
    const newIds = new Set(this.newIds);
    if (isNew) newIds.add(id);
    else newIds.delete(id);
    this.newIds = newIds;
    this.#notifyListeners();
  }

  notify(): void {
    this.#notifyListeners();
  }

  #notifyListeners(ended: readonly DeliveryDto[] = []): void {
    for (const listener of this.#listeners) listener(ended);
  }
}
