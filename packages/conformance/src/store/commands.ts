import fc from "fast-check";
import { expect } from "vitest";
import type { NewEvent } from "../../../engine/src/index.ts";
import * as labels from "./label-commands.ts";
import * as log from "./log-commands.ts";
import type { Model } from "./model.ts";
import { applyPublishClaims } from "./model-claims.ts";
import { createData } from "./model-conditions.ts";
import { type Command, createCommand } from "./model-run.ts";
import * as records from "./record-commands.ts";
import { createEvent } from "./test-store.ts";
import * as work from "./work-commands.ts";

interface EventInput {
  readonly account: string;
  readonly topic: string;
  /** The id chosen by the caller; null for none. */
  readonly key: string | null;
  readonly user: string | null;
  readonly to: number | null;
}

const input: fc.Arbitrary<EventInput> = fc.record({
  account: records.account,
  topic: fc.constantFrom("a.b", "a.b", "c.d"),
  key: fc.constantFrom(null, null, "k1", "k2"),
  user: fc.constantFrom(null, "u", "unknown"),
  to: fc.option(records.webhookNumber, { freq: 4 }),
});

function newEvent(model: Model, { account, topic, key, user, to }: EventInput): NewEvent {
  const n = ++model.eventCount;
  return createEvent({
    account,
    topic,
    id: key ?? `evt_${n}`,
    idempotent: key !== null,
    // Parsing and serializing would change this JSON.
    body: `{ "data":${createData(n)}, "é☃𝄞": "\\u00e9\\ud83d\\ude00", "n": 1e400 }`,
    user,
    webhook: to === null ? null : model.webhookId(to),
  });
}

/** In one call, with or without capacity for claims; or in one concurrent call per event. */
const publish: fc.Arbitrary<Command> = fc
  .tuple(
    fc.array(input, { minLength: 1, maxLength: 3 }),
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ capacity: fc.constant(null), isApart: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ capacity: work.claimRequest, isApart: fc.constant(false) }) },
    ),
  )
  .map(([inputs, { capacity, isApart }]) =>
    createCommand(
      `publish${isApart ? "Apart" : ""}(${JSON.stringify(inputs)}${capacity === null ? "" : `, capacity ${capacity.max} for ${capacity.leaseMs}`})`,
      async (model, { store }) => {
        const events = inputs.map((input) => newEvent(model, input));
        const previousCount = model.events.length;
        const request = capacity === null ? undefined : work.toProcessRequest(model, capacity);
        const batches = isApart ? events.map((newEvent) => [newEvent]) : [events];
        const results = await Promise.all(
          batches.map((batch) => store.publish(batch, { capacity: request })),
        );
        expect(results.flatMap(({ published }) => published)).toEqual(
          events.map((newEvent) => {
            const expected = model.publish(newEvent);
            return expected === "limit_reached"
              ? { id: newEvent.id, error: expect.objectContaining({ code: "limit_reached" }) }
              : { id: newEvent.id, ...expected };
          }),
        );
        const claims = results.flatMap((result) => result.claims);
        if (request === undefined) expect(claims).toEqual([]);
        else applyPublishClaims(model, claims, request, model.events.slice(previousCount));
      },
    ),
  );

/** Commands with weights. */
const COMMANDS: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<Command>])[] = [
  [8, publish],
  [8, work.claim],
  [8, work.complete],
  [2, work.renew],
  [6, work.wait],
  [3, records.setPause],
  [3, records.updateWebhook],
  [1, records.createWebhook],
  [1, records.removeWebhook],
  [1, records.addProperties],
  [1, labels.createLabel],
  [1, labels.updateLabel],
  [1, labels.removeLabel],
  [3, log.retryDelivery],
  [3, log.recover],
  [2, log.prune],
  [2, log.expire],
];

/**
 * `reopen` is rare because it starts a thread, which takes longer than the rest of a run. `HERON_TEST_REPLAY` is the
 * `replayPath` that a failure prints beside its path.
 */
export function createStoreCommands(canReopen: boolean): fc.Arbitrary<Iterable<Command>> {
  const commands = canReopen ? [...COMMANDS, [0.1, work.reopen] as const] : COMMANDS;
  const weighted = commands.map(([weight, arbitrary]) => ({ weight: weight * 10, arbitrary }));
  const replayPath = process.env["HERON_TEST_REPLAY"];
  return fc.commands([fc.oneof(...weighted)], {
    maxCommands: 100,
    size: "max",
    ...(replayPath === undefined ? {} : { replayPath }),
  });
}
