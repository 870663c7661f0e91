import { expect } from "vitest";
import type { Claim, ClaimRequest } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import type { ModelDelivery, ModelEvent } from "./model-records.ts";
import { countBy } from "./test-store.ts";

/** Leases in the model what a claim gave, which must be as much as the model has to give, and fairly taken. */
export function applyClaims(model: Model, claims: readonly Claim[], request: ClaimRequest): void {
  const expectedCount = Math.min(request.max, getCapacity(model));
  expect(claims.length, `claims, of ${expectedCount} that may be claimed`).toBe(expectedCount);
  leaseClaims(model, claims, request);
}

/** The same for what a publish gave: of what it made nothing may be left over while there is room. */
export function applyPublishClaims(
  model: Model,
  claims: readonly Claim[],
  request: ClaimRequest,
  made: readonly ModelEvent[],
): void {
  expect(claims.length).toBeLessThanOrEqual(request.max);
  leaseClaims(model, claims, request);
  if (claims.length === request.max) return;
  const left = model
    .getClaimable()
    .flatMap(({ waiting }) => waiting.filter(({ event }) => made.includes(event)));
  expect(left, "new deliveries that were not claimed").toEqual([]);
}

function leaseClaims(model: Model, claims: readonly Claim[], { leaseMs }: ClaimRequest): void {
  for (const claim of claims) {
    const delivery = findClaimed(model, claim);
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
      tried: delivery.attempts.length - delivery.attemptsBeforeRequeue,
      ageMs: model.now - delivery.enqueuedAt,
      probe: webhook?.pauses.has("circuit"),
    });
    expect(model.leases.map(({ lease }) => lease)).not.toContain(claim.lease);
    delivery.id = claim.delivery;
    // Where it stands once the lease is over without an attempt is the store's affair.
    delivery.hasKnownOrder = false;
    model.leases.push({ lease: claim.lease, delivery, until: model.now + leaseMs, isEnded: false });
  }
  expectFair(
    claims.map(({ account }) => account),
    model.getClaimable().map(({ webhook }) => webhook.record.account),
    () => true,
  );
  expectFair(
    claims.map(({ webhook }) => webhook),
    model.getClaimable().map(({ webhook }) => webhook.record.id),
    (webhookA, webhookB) => model.webhook(webhookA)?.record.account === model.webhook(webhookB)?.record.account,
  );
}

/** The delivery that was claimed, which must be one that may be claimed, and none before its turn. */
function findClaimed(model: Model, claim: Claim): ModelDelivery {
  const claimable = model.getClaimable().find(({ webhook }) => webhook.record.id === claim.webhook);
  const delivery = claimable?.waiting.find(
    ({ id, event }) => id === claim.delivery || (id === null && event.event.body === claim.body),
  );
  if (claimable === undefined || delivery === undefined)
    throw new Error(`${claim.delivery} of ${claim.webhook} was claimed, which may not be`);
  if (delivery.hasKnownOrder) {
    const [first] = claimable.waiting
      .filter(({ hasKnownOrder }) => hasKnownOrder)
      .sort(
        (deliveryA, deliveryB) =>
          deliveryA.dueAt - deliveryB.dueAt || model.deliveries.indexOf(deliveryA) - model.deliveries.indexOf(deliveryB),
      );
    expect(first?.event.event.body, "what is first of its webhook").toBe(delivery.event.event.body);
  }
  return delivery;
}

/** Nobody is served twice more than another who is still owed something. */
function expectFair(
  servedKeys: readonly string[],
  waitingKeys: readonly string[],
  isSameGroup: (key: string, otherKey: string) => boolean,
): void {
  const counts = countBy(servedKeys, (servedKey) => servedKey);
  for (const waiting of waitingKeys)
    for (const [servedEntry, count] of Object.entries(counts))
      if (isSameGroup(servedEntry, waiting))
        expect(count, `how often ${servedEntry} was served while ${waiting} waited`).toBeLessThanOrEqual(
          (counts[waiting] ?? 0) + 1,
        );
}

function getCapacity(model: Model): number {
  return model.getClaimable().reduce((sum, { capacity }) => sum + capacity, 0);
}
