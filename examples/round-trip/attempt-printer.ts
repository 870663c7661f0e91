import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery, Sender, SenderHooks } from "@heron-webhooks/sender";
import type { Handled, RunningReceiver } from "./receiver.ts";
import * as show from "./show.ts";

/** Prints attempts, with each receiver's output below its attempt. */
export class AttemptPrinter {
  /** Output of receivers that belongs to no printed attempt yet. */
  readonly #said = new Map<string, string[]>();
  readonly #waiting = new Map<string, () => void>();
  #printed: Promise<void> = Promise.resolve();
  #failedTwice: () => void = () => {};
  /** Resolves when a second attempt has failed. */
  readonly secondFailure: Promise<void> = new Promise((resolve) => {
    this.#failedTwice = resolve;
  });

  /** The sender's hooks. */
  readonly hooks: SenderHooks = {
    onAttempt: (made, { topic, attemptCount }, { description: name }) => {
      const number = attemptCount + 1;
      // Sequential, so that the lines of an attempt stay together.
      this.#printed = this.#printed.then(async () => {
        const said = made.reason === null ? await this.#nextOutput(name) : undefined;
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

  /** A receiver logs one JSON object per line. */
  logs(name: string, line: string): void {
    const said = line.startsWith("{") ? String((JSON.parse(line) as { readonly msg?: unknown }).msg) : line;
    show.aside(`${name} logs: ${said.replace("heron-webhooks: ", "")}`);
  }

  /** Reads a receiver's events until it ends. */
  async follow(name: string, receiver: RunningReceiver): Promise<void> {
    for (let event = await receiver.nextEvent(); event !== null; event = await receiver.nextEvent()) {
      // Events of the sender have an id. A request sent by hand with curl has none.
      if (event["id"] !== undefined) this.says(name, `verified; its handler got ${formatData(event)}`);
      else show.line(`  ${name}`, String(event["topic"]), "sent by hand, verified and handled", "green");
    }
  }

  /** Resolves to all deliveries once none is pending and everything is printed. */
  async whenDelivered({ deliveries }: Sender): Promise<readonly Delivery[]> {
    // A page may be empty without being the last.
    const isPending = async (cursor?: string): Promise<boolean> => {
      const { data, nextCursor } = await deliveries.list({ state: "pending" }, { cursor });
      return data.length > 0 || (nextCursor !== null && isPending(nextCursor));
    };
    while (await isPending()) await sleep(50);
    await this.#printed;
    return (await deliveries.list()).data;
  }

  /** The next output of a receiver, which follows its response at once. */
  async #nextOutput(name: string): Promise<string | undefined> {
    const spoken = new Promise<void>((resolve) => this.#waiting.set(name, resolve));
    if ((this.#said.get(name) ?? []).length === 0) await Promise.race([spoken, sleep(2000)]);
    return this.#said.get(name)?.shift();
  }
}

function formatData(event: Handled): string {
  return JSON.stringify(event["data"]);
}
