import fc from "fast-check";
import { expect } from "vitest";
import type { PauseChange, WebhookPatch } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import { CONDITION_LISTS } from "./model-conditions.ts";
import { type Command, createCommand, createModelWebhook } from "./model-run.ts";

/** Few values, so that commands interact. */
export const account: fc.Arbitrary<string> = fc.constantFrom("a", "a", "b", "c");
export const webhookNumber: fc.Arbitrary<number> = fc.constantFrom(1, 1, 2, 2, 3, 3, 4, 4, 5);
const concurrency = fc.constantFrom(1, 2, 5);
const topics = fc.constantFrom(["**"], ["a.*"], ["c.d"], ["a.b", "a.*", "*"], ["label.*", "c.d"]);
const conditions = fc.constantFrom(...CONDITION_LISTS);

export const webhookExists =
  (n: number): ((model: Readonly<Model>) => boolean) =>
  (model) =>
    model.webhook(model.webhookId(n)) !== undefined;

export const createWebhook: fc.Arbitrary<Command> = fc
  .tuple(
    fc.record({ account, topics, conditions, concurrency, enabled: fc.boolean() }),
    fc.constantFrom(4, 100),
  )
  .map(([parts, max]) =>
    createCommand(`create(${JSON.stringify(parts)}, ${max})`, (model, real) =>
      createModelWebhook(model, real, parts, max),
    ),
  );

const change: fc.Arbitrary<WebhookPatch> = fc.oneof(
  fc.constant({ enabled: false, disabledBy: "owner" as const }),
  fc.constant({ enabled: true, disabledBy: null }),
  fc.record({ topics }),
  fc.record({ conditions }),
  fc.record({ concurrency }),
);

/** With the current version of the webhook, or with an old one. */
export const updateWebhook: fc.Arbitrary<Command> = fc
  .tuple(webhookNumber, change, fc.constantFrom(0, 0, 0, 1))
  .map(([n, made, behind]) =>
    createCommand(
      `update(${n}, ${JSON.stringify(made)}${behind === 0 ? "" : ", late"})`,
      async (model, { store }) => {
        const id = model.webhookId(n);
        const webhook = model.webhook(id);
        const version = (webhook?.record.version ?? 1) - behind;
        const updated = await store.webhooks.update(id, version, made);
        if (webhook !== undefined && behind === 0)
          webhook.record = { ...webhook.record, ...made, version: version + 1 };
        expect(updated).toEqual(behind === 0 ? (webhook?.record ?? null) : null);
      },
    ),
  );

export const removeWebhook: fc.Arbitrary<Command> = webhookNumber.map((n) =>
  createCommand(`remove(${n})`, async (model, { store }) => {
    const id = model.webhookId(n);
    expect(await store.webhooks.delete(id)).toBe(webhookExists(n)(model));
    model.deleteWebhook(id);
    expect(await store.webhooks.get(id)).toBeNull();
  }),
);

const scoped = fc.oneof(
  fc.record({
    scope: fc.constant("webhook" as const),
    n: webhookNumber,
    reason: fc.constantFrom("circuit_open" as const, "retry_after" as const, "disabled" as const),
  }),
  // Only webhooks have a circuit breaker.
  fc.record({
    scope: fc.constant("account" as const),
    account,
    reason: fc.constantFrom("retry_after" as const, "disabled" as const),
  }),
);

export const setPause: fc.Arbitrary<Command> = fc
  .tuple(scoped, fc.constantFrom(0, 50, 1000, "forever" as const, null, null))
  .map(([of, durationMs]) =>
    createCommand(
      `pause(${Object.values(of).join(" ")}, ${durationMs})`,
      async (model, { store }) => {
        const id = of.scope === "webhook" ? model.webhookId(of.n) : of.account;
        const change: PauseChange = { scope: of.scope, id, reason: of.reason, durationMs };
        await store.setPause(change);
        const pauses = of.scope === "webhook" ? model.webhook(id)?.pauses : model.getPauses(of.account);
        if (durationMs === null) pauses?.delete(of.reason);
        else
          pauses?.set(
            of.reason,
            durationMs === "forever" ? Number.POSITIVE_INFINITY : model.now + durationMs,
          );
      },
      (model) => of.scope === "account" || webhookExists(of.n)(model),
    ),
  );

export const addProperties: fc.Arbitrary<Command> = fc
  .tuple(account, fc.constantFrom<object[]>({ plan: "free" }, { plan: "é☃", seats: 1.5 }, { seats: null }))
  .map(([of, properties]) =>
    createCommand(`addProperties(${of}, ${JSON.stringify(properties)})`, async (model, { store }) => {
      const merged = { ...model.users.get(`${of}/u`), ...properties };
      model.users.set(`${of}/u`, merged);
      expect(await store.users.addProperties(of, "u", { ...properties })).toEqual(merged);
      expect(await store.users.get(of, "u")).toEqual(merged);
    }),
  );
