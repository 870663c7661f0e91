import type { HotEvent, NewEvent } from "@heron-webhooks/engine";
import type { Queryable } from "../database.ts";
import type { PublishedRow } from "../publish-call.ts";
import { HOT, NEW, WAITING } from "../schema/publishing.ts";
import type { WorkerContext } from "./context.ts";
import type { Introductions } from "./introductions.ts";
import type { Memory } from "./memory.ts";

/** Takes into memory what was just published, of what is for it or waits for it. */
export class Births {
  readonly #memory: Memory;
  readonly #introductions: Introductions;
  readonly #clock: WorkerContext["clock"];

  constructor(memory: Memory, introductions: Introductions, { clock }: WorkerContext) {
    this.#memory = memory;
    this.#introductions = introductions;
    this.#clock = clock;
  }

  async take(client: Queryable, events: readonly NewEvent[], row: PublishedRow, at: number): Promise<void> {
    const { ids, webhooks, births, states, made, properties } = row;
    if (webhooks === null || births === null) return;
    const own = webhooks.filter((_, i) => births[i] === HOT || births[i] === WAITING);
    await this.#introductions.meet(client, own);
    const now = this.#clock.now();
    let next = 0;
    for (const [i, { topic, body, traceparent = null }] of events.entries()) {
      if (states[i] !== NEW) continue;
      const event: HotEvent = { topic, body, user: properties?.[i] ?? null, traceparent };
      for (const to = next + (made[i] ?? 0); next < to; next++) {
        const [id, webhook] = [ids[next] as number, webhooks[next] as number];
        if (births[next] === HOT)
          this.#memory.take({ id, webhook, event, attempts: 0, before: 0, since: at, due: at }, now);
        else if (births[next] === WAITING) this.#memory.stored(webhook, at, now, id);
      }
    }
  }
}
