import type fc from "fast-check";
import { expect } from "vitest";
import type { Store, WebhookRecord } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import { look } from "./model-look.ts";
import { ANYTIME, webhook } from "./opened.ts";

/** The store of a run, and the time it lives in. */
export interface Real {
  store: Store;
  advance(ms: number): void | Promise<void>;
  /** Closes the store and opens what it kept; undefined if it keeps nothing. */
  readonly reopen: (() => Promise<Store>) | undefined;
}

export type Command = fc.AsyncCommand<Model, Real>;

/** A command, after which everything that can be looked at must be as the model has it. */
export function command(
  what: string,
  run: (model: Model, real: Real) => Promise<void>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Command {
  return {
    check,
    toString: () => what,
    run: async (model, real) => {
      await run(model, real);
      await look(model, real.store);
    },
  };
}

/** Time goes by, and nobody looks: so the next command is the first to meet what has ended meanwhile. */
export function waiting(what: string, msOf: (model: Model) => number): Command {
  return {
    check: (model) => msOf(model as Model) > 0,
    toString: () => what,
    run: async (model, real) => {
      const ms = msOf(model);
      model.now += ms;
      await real.advance(ms);
    },
  };
}

export async function create(
  model: Model,
  { store }: Pick<Real, "store">,
  parts: Partial<WebhookRecord>,
  max: number,
): Promise<void> {
  const record = webhook({ ...parts, id: model.webhookId(model.webhooksMade + 1) });
  const had = model.webhooks.filter(({ record: { account } }) => account === record.account).length;
  if (had >= max) {
    await expect(store.webhooks.create(record, max)).rejects.toMatchObject({ code: "limit_reached" });
    return;
  }
  await store.webhooks.create(record, max);
  model.webhooksMade += 1;
  model.webhooks.push({ record, gates: new Map() });
}

/** Leaves the store as it was found, so that the next run begins with nothing; which is a law as well. */
export async function leave(model: Model, real: Real): Promise<void> {
  const { store } = real;
  for (const { record } of model.webhooks) expect(await store.webhooks.remove(record.id)).toBe(true);
  for (const [account, gates] of model.accountGates)
    for (const gate of gates.keys())
      await store.gate({ scope: "account", id: account, gate, closedMs: null });
  for (const key of model.users.keys()) {
    const [account = "", user = ""] = key.split("/");
    expect(await store.users.remove(account, user)).toBe(true);
  }
  for (const { account, name } of model.labels) expect(await store.labels.remove(account, name)).toBe(true);
  await real.advance(1);
  const { pruned } = await store.prune({ olderThanMs: 0, bytes: ANYTIME }, 10_000);
  expect(pruned, "events that were pruned at the end").toBe(model.events.length);
  expect((await store.deliveries.list({}, {})).items).toEqual([]);
  expect(await store.claim({ worker: "last", max: 100, leaseMs: 1000 })).toEqual([]);
  expect(await store.nextDueIn()).toBeNull();
}
