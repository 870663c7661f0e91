import fc from "fast-check";
import { expect } from "vitest";
import type { TestDedupeStore } from "../types.ts";

/** The state of a key: reserved, or done, until a time. */
type KeyState = { readonly owner: number; readonly until: number } | { readonly doneUntil: number };

export interface Model {
  now: number;
  reservations: number;
  readonly keys: Map<string, KeyState>;
}

export interface System {
  readonly store: TestDedupeStore;
  advance(ms: number): void | Promise<void>;
  /** Each reservation's token, by the model's own number for it. */
  readonly tokens: Map<number, string>;
}

type Command = fc.AsyncCommand<Model, System>;

class ReserveCommand implements Command {
  readonly key: string;
  readonly lease: number;

  constructor(key: string, lease: number) {
    this.key = key;
    this.lease = lease;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, { store, tokens }: System): Promise<void> {
    const reservation = await store.reserve(this.key, this.lease);
    const state = model.keys.get(this.key);
    if (state !== undefined && "doneUntil" in state && state.doneUntil > model.now)
      expect(reservation).toBe("done");
    else if (state !== undefined && "until" in state && state.until > model.now) {
      expect(reservation).toEqual({ busy: expect.any(Number) });
      const { busy } = reservation as { readonly busy: number };
      expect(busy).toBeGreaterThan(0);
      expect(busy).toBeLessThanOrEqual(state.until - model.now);
    } else {
      expect(reservation).toEqual({ token: expect.any(String) });
      const owner = ++model.reservations;
      tokens.set(owner, (reservation as { readonly token: string }).token);
      model.keys.set(this.key, { owner, until: model.now + this.lease });
    }
  }

  toString(): string {
    return `reserve(${this.key}, ${this.lease})`;
  }
}

/** Completes or releases with the token of any earlier reservation, most of which no longer own the key. */
class FinishCommand implements Command {
  readonly operation: "complete" | "release";
  readonly key: string;
  readonly ttl: number;
  readonly stepsBack: number;

  constructor(how: "complete" | "release", key: string, ttl: number, back: number) {
    this.operation = how;
    this.key = key;
    this.ttl = ttl;
    this.stepsBack = back;
  }

  check({ reservations }: Readonly<Model>): boolean {
    return reservations > this.stepsBack;
  }

  async run(model: Model, { store, tokens }: System): Promise<void> {
    const owner = model.reservations - this.stepsBack;
    const token = tokens.get(owner) as string;
    if (this.operation === "complete") await store.complete(this.key, token, this.ttl);
    else await store.release(this.key, token);
    const state = model.keys.get(this.key);
    if (state === undefined || !("owner" in state) || state.owner !== owner) return;
    // After the lease expired and before another reservation, the store may accept or ignore the token.
    if (state.until <= model.now) return this.#resolveExpired(model, store);
    if (this.operation === "complete") model.keys.set(this.key, { doneUntil: model.now + this.ttl });
    else model.keys.delete(this.key);
  }

  async #resolveExpired(model: Model, store: TestDedupeStore): Promise<void> {
    const reservation = await store.reserve(this.key, 1);
    if (reservation === "done") {
      expect(this.operation).toBe("complete");
      model.keys.set(this.key, { doneUntil: model.now + this.ttl });
      return;
    }
    expect(reservation).toEqual({ token: expect.any(String) });
    await store.release(this.key, (reservation as { readonly token: string }).token);
    model.keys.delete(this.key);
  }

  toString(): string {
    return `${this.operation}(${this.key}, the last token but ${this.stepsBack})`;
  }
}

class WaitCommand implements Command {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: System): Promise<void> {
    model.now += this.ms;
    await real.advance(this.ms);
  }

  toString(): string {
    return `wait(${this.ms})`;
  }
}

// Few keys and short times, so that operations interact.
const key = fc.constantFrom("a", "b", "__proto__");
const ms = fc.integer({ min: 1, max: 4 }).map((tens) => tens * 10);
const back = fc.nat({ max: 2 });

export const dedupeCommands: fc.Arbitrary<Iterable<Command>> = fc.commands(
  [
    fc.tuple(key, ms).map(([k, lease]) => new ReserveCommand(k, lease)),
    fc.tuple(key, ms, back).map(([k, ttl, n]) => new FinishCommand("complete", k, ttl, n)),
    fc.tuple(key, back).map(([k, n]) => new FinishCommand("release", k, 0, n)),
    ms.map((wait) => new WaitCommand(wait)),
  ],
  { size: "+1" },
);
