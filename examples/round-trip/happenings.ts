import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery, Sender, SenderHooks } from "@heron-webhooks/sender";
import type { Handled, RunningReceiver } from "./receiver.ts";
import * as show from "./show.ts";

/** Has what happens printed, each receiver's word under the attempt that it is about. */
export class Happenings {
  /** What the receivers have said and no attempt has claimed yet. */
  readonly #said = new Map<string, string[]>();
  readonly #waiting = new Map<string, () => void>();
  #printed: Promise<void> = Promise.resolve();
  #failedTwice: () => void = () => {};
  /** Resolves when a second attempt has failed. */
  readonly secondFailure: Promise<void> = new Promise((resolve) => {
    this.#failedTwice = resolve;
  });

  /** What the sender calls. */
  readonly hooks: SenderHooks = {
    onAttempt: (made, { topic, attemptCount }, { description: name }) => {
      const number = attemptCount + 1;
      // One after the other: an attempt's lines stay together.
      this.#printed = this.#printed.then(async () => {
        const said = made.reason === null ? await this.#wordOf(name) : undefined;
        show.attempted(name, topic, number, made);
        if (said !== undefined) show.aside(said);
        if (made.reason !== null && number === 2) this.#failedTwice();
      });
    },
  };

  says(name: string, what: string): void {
    this.#said.set(name, [...(this.#said.get(name) ?? []), what]);
    this.#waiting.get(name)?.();
  }

  /** A receiver's log is JSON, a line an entry. */
  logs(name: string, line: string): void {
    const said = line.startsWith("{") ? String((JSON.parse(line) as { readonly msg?: unknown }).msg) : line;
    show.aside(`${name} logs: ${said.replace("heron-webhooks: ", "")}`);
  }

  /** Listens to a receiver for as long as it runs. */
  async follow(name: string, receiver: RunningReceiver): Promise<void> {
    for (let event = await receiver.nextEvent(); event !== null; event = await receiver.nextEvent()) {
      // The sender's events have an id. What a person sends with curl has none, and belongs to no attempt.
      if (event["id"] !== undefined) this.says(name, `verified; its handler got ${dataOf(event)}`);
      else show.line(`  ${name}`, String(event["topic"]), "sent by hand, verified and handled", "green");
    }
  }

  /** Resolves with all deliveries once none is pending and everything is printed. */
  async settled({ deliveries }: Sender): Promise<readonly Delivery[]> {
    // A page may be empty and not be the last.
    const isPending = async (cursor?: string): Promise<boolean> => {
      const { data, nextCursor } = await deliveries.list({ state: "pending" }, { cursor });
      return data.length > 0 || (nextCursor !== null && isPending(nextCursor));
    };
    while (await isPending()) await sleep(50);
    await this.#printed;
    return (await deliveries.list()).data;
  }

  /** A receiver's next word. It answers and says what it got at once, so it is not waited for long. */
  async #wordOf(name: string): Promise<string | undefined> {
    const spoken = new Promise<void>((resolve) => this.#waiting.set(name, resolve));
    if ((this.#said.get(name) ?? []).length === 0) await Promise.race([spoken, sleep(2000)]);
    return this.#said.get(name)?.shift();
  }
}

function dataOf(event: Handled): string {
  return JSON.stringify(event["data"]);
}
