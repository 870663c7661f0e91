import type { NewEvent, QueuedEvent } from "@heron-webhooks/engine";
import type { PublishedRow } from "../call-publish.ts";
import type { SqlClient } from "../database.ts";
import { BUFFERED, NEW, STORED } from "../schema/publishing.ts";
import type { MemberContext } from "./context.ts";
import type { Introductions } from "./introductions.ts";
import type { Memory } from "./memory.ts";

/** Takes into memory what was just published, of what is for it or waits for it. */
export class Births {
  readonly #memory: Memory;
  readonly #introductions: Introductions;
  readonly #clock: MemberContext["clock"];

  constructor(memory: Memory, introductions: Introductions, { clock }: MemberContext) {
    this.#memory = memory;
    this.#introductions = introductions;
    this.#clock = clock;
  }

  async take(client: SqlClient, events: readonly NewEvent[], row: PublishedRow, at: number): Promise<void> {
    const { deliveryIds, webhooks, placements, states, deliveryCounts, properties } = row;
    if (webhooks === null || placements === null) return;
    const own = webhooks.filter((_, i) => placements[i] === BUFFERED || placements[i] === STORED);
    await this.#introductions.meet(client, own);
    const now = this.#clock.now();
    let next = 0;
    for (const [i, { topic, body, traceparent = null }] of events.entries()) {
      if (states[i] !== NEW) continue;
      const event: QueuedEvent = { topic, body, user: properties?.[i] ?? null, traceparent };
      for (const to = next + (deliveryCounts[i] ?? 0); next < to; next++) {
        const [id, webhook] = [deliveryIds[next] as number, webhooks[next] as number];
        if (placements[next] === BUFFERED)
          this.#memory.take({ id, webhook, event, attempts: 0, before: 0, since: at, due: at }, now);
        else if (placements[next] === STORED) this.#memory.stored(webhook, at, now, id);
      }
    }
  }
}
