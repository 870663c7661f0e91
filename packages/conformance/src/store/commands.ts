import fc from "fast-check";
import { expect } from "vitest";
import type { NewEvent } from "../../../engine/src/index.ts";
import * as labels from "./label-commands.ts";
import * as log from "./log-commands.ts";
import * as records from "./record-commands.ts";
import * as work from "./work-commands.ts";
import type { Model } from "./model.ts";
import { applyPublishClaims } from "./model-claims.ts";
import { createData } from "./model-conditions.ts";
import { type Command, createCommand } from "./model-run.ts";
import { createEvent } from "./test-store.ts";

interface EventInput {
  readonly account: string;
  readonly topic: string;
  /** Chosen by the caller, or not. */
  readonly key: string | null;
  readonly user: string | null;
  readonly to: number | null;
}

const input: fc.Arbitrary<EventInput> = fc.record({
  account: records.account,
  topic: fc.constantFrom("a.b", "a.b", "c.d"),
  key: fc.constantFrom(null, null, "k1", "k2"),
  user: fc.constantFrom(null, "u", "nobody"),
  to: fc.option(records.webhookNumber, { freq: 4 }),
});

function newEvent(model: Model, { account, topic, key, user, to }: EventInput): NewEvent {
  const n = ++model.eventCount;
  return createEvent({
    account,
    topic,
    id: key ?? `evt_${n}`,
    idempotent: key !== null,
    // No JSON that was read and written again would look like this.
    body: `{ "data":${createData(n)}, "é☃𝄞": "\\u00e9\\ud83d\\ude00", "n": 1e400 }`,
    user,
    webhook: to === null ? null : model.webhookId(to),
  });
}

/** In one call, with room for claims or without; or in as many calls at the same time. */
const publish: fc.Arbitrary<Command> = fc
  .tuple(
    fc.array(input, { minLength: 1, maxLength: 3 }),
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ room: fc.constant(null), isApart: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ room: work.claimRequest, isApart: fc.constant(false) }) },
    ),
  )
  .map(([inputs, { room, isApart }]) =>
    createCommand(
      `publish${isApart ? "Apart" : ""}(${JSON.stringify(inputs)}${room === null ? "" : `, room ${room.max} for ${room.leaseMs}`})`,
      async (model, { store }) => {
        const events = inputs.map((input) => newEvent(model, input));
        const had = model.events.length;
        const request = room === null ? undefined : work.toProcessRequest(model, room);
        const batches = isApart ? events.map((newEvent) => [newEvent]) : [events];
        const given = await Promise.all(batches.map((batch) => store.publish(batch, { capacity: request })));
        expect(given.flatMap(({ published }) => published)).toEqual(
          events.map((newEvent) => {
            const made = model.publish(newEvent);
            return made === "refused"
              ? { id: newEvent.id, refused: expect.objectContaining({ code: "limit_reached" }) }
              : { id: newEvent.id, ...made };
          }),
        );
        const claims = given.flatMap((result) => result.claims);
        if (request === undefined) expect(claims).toEqual([]);
        else applyPublishClaims(model, claims, request, model.events.slice(had));
      },
    ),
  );

/** Commands as often as they do something to what the others did. */
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
 * To open a file again starts a thread, which takes longer than all else in a run: so it is rare. `HERON_TEST_REPLAY`
 * is the `replayPath` that a failure names beside its path.
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
