import type fc from "fast-check";
import { expect } from "vitest";
import type { Store, WebhookRecord } from "../../../engine/src/index.ts";
import { compareWithModel } from "./compare-with-model.ts";
import type { Model } from "./model.ts";
import { createWebhook, UNLIMITED } from "./test-store.ts";

/** The store of a run, and its clock. */
export interface System {
  store: Store;
  advance(ms: number): void | Promise<void>;
  /** Closes the store and opens it again with its data; undefined if it is not durable. */
  readonly reopen: (() => Promise<Store>) | undefined;
}

export type Command = fc.AsyncCommand<Model, System>;

/** A command, after which the store must match the model. */
export function createCommand(
  description: string,
  run: (model: Model, real: System) => Promise<void>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Command {
  return {
    check,
    toString: () => description,
    run: async (model, real) => {
      await run(model, real);
      await compareWithModel(model, real.store);
    },
  };
}

/** Advances time without comparing, so that the next command is the first to see what has expired. */
export function createWait(description: string, getMs: (model: Model) => number): Command {
  return {
    check: (model) => getMs(model as Model) > 0,
    toString: () => description,
    run: async (model, real) => {
      const ms = getMs(model);
      model.now += ms;
      await real.advance(ms);
    },
  };
}

export async function createModelWebhook(
  model: Model,
  { store }: Pick<System, "store">,
  parts: Partial<WebhookRecord>,
  max: number,
): Promise<void> {
  const record = createWebhook({ ...parts, id: model.webhookId(model.webhookCount + 1) });
  const existing = model.webhooks.filter(({ record: { account } }) => account === record.account).length;
  if (existing >= max) {
    await expect(store.webhooks.create(record, max)).rejects.toMatchObject({ code: "limit_reached" });
    return;
  }
  await store.webhooks.create(record, max);
  model.webhookCount += 1;
  model.webhooks.push({ record, pauses: new Map() });
}

/** Deletes everything, so that the next run starts with an empty store. It must work, too. */
export async function deleteEverything(model: Model, real: System): Promise<void> {
  const { store } = real;
  for (const { record } of model.webhooks) expect(await store.webhooks.delete(record.id)).toBe(true);
  for (const [account, pauses] of model.accountPauses)
    for (const reason of pauses.keys())
      await store.setPause({ scope: "account", id: account, reason, durationMs: null });
  for (const key of model.users.keys()) {
    const [account = "", user = ""] = key.split("/");
    expect(await store.users.delete(account, user)).toBe(true);
  }
  for (const { account, name } of model.labels) expect(await store.labels.delete(account, name)).toBe(true);
  await real.advance(1);
  const { pruned } = await store.prune({ maxAgeMs: 0, maxBytes: UNLIMITED }, 10_000);
  expect(pruned, "events that were pruned at the end").toBe(model.events.length);
  expect((await store.deliveries.list({}, {})).data).toEqual([]);
  expect(await store.claim({ claimant: "last", max: 100, leaseMs: 1000 })).toEqual([]);
  expect(await store.nextDueIn()).toBeNull();
}
