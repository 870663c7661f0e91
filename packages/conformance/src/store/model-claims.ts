import { expect } from "vitest";
import type { Claim, ClaimRequest } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import type { ModelDelivery, ModelEvent } from "./model-records.ts";
import { countsBy } from "./opened.ts";

/** Leases in the model what a claim gave, which must be as much as the model has to give, and fairly taken. */
export function takeClaims(model: Model, claims: readonly Claim[], request: ClaimRequest): void {
  const most = Math.min(request.max, roomOf(model));
  expect(claims.length, `claims, of ${most} that may be claimed`).toBe(most);
  takeSome(model, claims, request);
}

/** The same for what a publish gave: of what it made nothing may be left over while there is room. */
export function takeFromPublish(
  model: Model,
  claims: readonly Claim[],
  request: ClaimRequest,
  made: readonly ModelEvent[],
): void {
  expect(claims.length).toBeLessThanOrEqual(request.max);
  takeSome(model, claims, request);
  if (claims.length === request.max) return;
  const left = model
    .claimable()
    .flatMap(({ waiting }) => waiting.filter(({ event }) => made.includes(event)));
  expect(left, "new deliveries that were not claimed").toEqual([]);
}

function takeSome(model: Model, claims: readonly Claim[], { leaseMs }: ClaimRequest): void {
  for (const claim of claims) {
    const delivery = claimed(model, claim);
    const { event, user } = delivery.event;
    const webhook = model.webhook(delivery.webhook);
    expect({ ...claim, user: claim.user === null ? null : JSON.parse(claim.user) }).toEqual({
      lease: expect.any(String),
      delivery: delivery.id ?? claim.delivery,
      account: event.account,
      webhook: delivery.webhook,
      version: webhook?.record.version,
      topic: event.topic,
      body: event.body,
      user,
      traceparent: null,
      attempts: delivery.attempts.length,
      tried: delivery.attempts.length - delivery.before,
      ageMs: model.now - delivery.since,
      probe: webhook?.gates.has("circuit"),
    });
    expect(model.leases.map(({ lease }) => lease)).not.toContain(claim.lease);
    delivery.id = claim.delivery;
    // Where it stands once the lease is over without an attempt is the store's affair.
    delivery.inOrder = false;
    model.leases.push({ lease: claim.lease, delivery, until: model.now + leaseMs, ended: false });
  }
  fairly(
    claims.map(({ account }) => account),
    model.claimable().map(({ webhook }) => webhook.record.account),
    () => true,
  );
  fairly(
    claims.map(({ webhook }) => webhook),
    model.claimable().map(({ webhook }) => webhook.record.id),
    (one, other) => model.webhook(one)?.record.account === model.webhook(other)?.record.account,
  );
}

/** The delivery that was claimed, which must be one that may be claimed, and none before its turn. */
function claimed(model: Model, claim: Claim): ModelDelivery {
  const of = model.claimable().find(({ webhook }) => webhook.record.id === claim.webhook);
  const delivery = of?.waiting.find(
    ({ id, event }) => id === claim.delivery || (id === null && event.event.body === claim.body),
  );
  if (of === undefined || delivery === undefined)
    throw new Error(`${claim.delivery} of ${claim.webhook} was claimed, which may not be`);
  if (delivery.inOrder) {
    const [first] = of.waiting
      .filter(({ inOrder }) => inOrder)
      .sort(
        (one, other) =>
          one.due - other.due || model.deliveries.indexOf(one) - model.deliveries.indexOf(other),
      );
    expect(first?.event.event.body, "what is first of its webhook").toBe(delivery.event.event.body);
  }
  return delivery;
}

/** Nobody is served twice more than another who is still owed something. */
function fairly(
  served: readonly string[],
  owed: readonly string[],
  share: (one: string, other: string) => boolean,
): void {
  const counts = countsBy(served, (one) => one);
  for (const waiting of owed)
    for (const [one, count] of Object.entries(counts))
      if (share(one, waiting))
        expect(count, `how often ${one} was served while ${waiting} waited`).toBeLessThanOrEqual(
          (counts[waiting] ?? 0) + 1,
        );
}

function roomOf(model: Model): number {
  return model.claimable().reduce((sum, { room }) => sum + room, 0);
}
