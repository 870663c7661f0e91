import fc from "fast-check";
import { expect } from "vitest";
import type { GateChange, WebhookChange } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import { WHEN } from "./model-rules.ts";
import { type Command, command, create } from "./model-run.ts";

/** Few, so that commands meet. */
export const account: fc.Arbitrary<string> = fc.constantFrom("a", "a", "b", "c");
export const number: fc.Arbitrary<number> = fc.constantFrom(1, 1, 2, 2, 3, 3, 4, 4, 5);
const concurrency = fc.constantFrom(1, 2, 5);
const topics = fc.constantFrom(["**"], ["a.*"], ["c.d"], ["a.b", "a.*", "*"], ["label.*", "c.d"]);
const when = fc.constantFrom(...WHEN);

export const isThere =
  (n: number): ((model: Readonly<Model>) => boolean) =>
  (model) =>
    model.webhook(model.webhookId(n)) !== undefined;

export const createWebhook: fc.Arbitrary<Command> = fc
  .tuple(fc.record({ account, topics, when, concurrency, enabled: fc.boolean() }), fc.constantFrom(4, 100))
  .map(([parts, max]) =>
    command(`create(${JSON.stringify(parts)}, ${max})`, (model, real) => create(model, real, parts, max)),
  );

const change: fc.Arbitrary<WebhookChange> = fc.oneof(
  fc.constant({ enabled: false, disabledBy: "owner" as const }),
  fc.constant({ enabled: true, disabledBy: null }),
  fc.record({ topics }),
  fc.record({ when }),
  fc.record({ concurrency }),
);

/** By who has read the webhook, or by who has an old version of it. */
export const updateWebhook: fc.Arbitrary<Command> = fc
  .tuple(number, change, fc.constantFrom(0, 0, 0, 1))
  .map(([n, made, behind]) =>
    command(
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

export const removeWebhook: fc.Arbitrary<Command> = number.map((n) =>
  command(`remove(${n})`, async (model, { store }) => {
    const id = model.webhookId(n);
    expect(await store.webhooks.remove(id)).toBe(isThere(n)(model));
    model.remove(id);
    expect(await store.webhooks.get(id)).toBeNull();
  }),
);

const scoped = fc.oneof(
  fc.record({
    scope: fc.constant("webhook" as const),
    n: number,
    gate: fc.constantFrom("circuit" as const, "retry-after" as const, "disabled" as const),
  }),
  // A circuit is a webhook's: one delivery of an account is nobody's probe.
  fc.record({
    scope: fc.constant("account" as const),
    account,
    gate: fc.constantFrom("retry-after" as const, "disabled" as const),
  }),
);

export const gate: fc.Arbitrary<Command> = fc
  .tuple(scoped, fc.constantFrom(0, 50, 1000, "forever" as const, null, null))
  .map(([of, closedMs]) =>
    command(
      `gate(${Object.values(of).join(" ")}, ${closedMs})`,
      async (model, { store }) => {
        const id = of.scope === "webhook" ? model.webhookId(of.n) : of.account;
        const made: GateChange = { scope: of.scope, id, gate: of.gate, closedMs };
        await store.gate(made);
        const gates = of.scope === "webhook" ? model.webhook(id)?.gates : model.gatesOf(of.account);
        if (closedMs === null) gates?.delete(of.gate);
        else gates?.set(of.gate, closedMs === "forever" ? Number.POSITIVE_INFINITY : model.now + closedMs);
      },
      (model) => of.scope === "account" || isThere(of.n)(model),
    ),
  );

export const addProperties: fc.Arbitrary<Command> = fc
  .tuple(account, fc.constantFrom<object[]>({ plan: "free" }, { plan: "é☃", seats: 1.5 }, { seats: null }))
  .map(([of, properties]) =>
    command(`addProperties(${of}, ${JSON.stringify(properties)})`, async (model, { store }) => {
      const all = { ...model.users.get(`${of}/u`), ...properties };
      model.users.set(`${of}/u`, all);
      expect(await store.users.addProperties(of, "u", { ...properties })).toEqual(all);
      expect(await store.users.get(of, "u")).toEqual(all);
    }),
  );
