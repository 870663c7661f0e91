import { rmSync } from "node:fs";
import { createSender, sqliteStore } from "@heron-webhooks/sender";
import { dataOf, SECRET, SLOTS, type Subject, TOPIC } from "./subject.ts";

/** So many callers emit at once. */
const CALLERS = 200;
/** So many may be emitted and not delivered: a caller waits rather than run ahead for ever. */
const MOST_OWED = 1000;

/** Our own: durable emit, delivery, settled. */
export async function heron(origin: string, path: string): Promise<Subject> {
  rmSync(path, { force: true });
  const silent = { debug() {}, info() {}, warn: console.warn, error: console.error };
  let settled = 0;
  let emitted = 0;
  let running = false;
  let idle = (): void => {};
  let waiting: (() => void)[] = [];
  const sender = createSender({
    store: sqliteStore(path),
    egress: { allow: ["127.0.0.0/8"], http: true },
    slots: SLOTS,
    logger: silent,
    hooks: {
      attempt() {
        settled++;
        if (settled === emitted && !running) idle();
        if (waiting.length > 0) waiting.shift()?.();
      },
    },
  });
  await sender.webhooks.create({ url: `${origin}/`, topics: ["end_user.*"], secret: SECRET, concurrency: SLOTS });
  sender.start();
  let n = 0;
  const caller = async (): Promise<void> => {
    while (running) {
      if (emitted - settled >= MOST_OWED) await new Promise<void>((resolve) => waiting.push(resolve));
      emitted++;
      await sender.emit(TOPIC, dataOf(n++));
    }
  };
  return {
    begin() {
      running = true;
      for (let i = 0; i < CALLERS; i++) void caller();
    },
    delivered: () => settled,
    pause() {
      running = false;
      for (const wake of waiting) wake();
      waiting = [];
      return new Promise((resolve) => {
        idle = resolve;
        setTimeout(resolve, 500);
      });
    },
    close: () => sender.close(),
  };
}
