import { expect } from "vitest";
import type { Claim, ClaimRequest } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import type { ModelDelivery, ModelEvent } from "./model-records.ts";
import { countBy } from "./test-store.ts";

/** Applies a claim to the model: it must return as many deliveries as the model allows, and be fair. */
export function applyClaims(model: Model, claims: readonly Claim[], request: ClaimRequest): void {
  const expectedCount = Math.min(request.max, getCapacity(model));
  expect(claims.length, `claims of ${expectedCount} claimable deliveries`).toBe(expectedCount);
  leaseClaims(model, claims, request);
}

/** The same for the claims of a publish: none of its deliveries may stay unclaimed while there is capacity. */
export function applyPublishClaims(
  model: Model,
  claims: readonly Claim[],
  request: ClaimRequest,
  newEvents: readonly ModelEvent[],
): void {
  expect(claims.length).toBeLessThanOrEqual(request.max);
  leaseClaims(model, claims, request);
  if (claims.length === request.max) return;
  const left = model
    .getClaimable()
    .flatMap(({ waiting }) => waiting.filter(({ event }) => newEvents.includes(event)));
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
      attemptCount: delivery.attempts.length,
      retries: delivery.attempts.length - delivery.attemptsBeforeRequeue,
      ageMs: model.now - delivery.enqueuedAt,
      isProbe: webhook?.pauses.has("circuit_open"),
    });
    expect(model.leases.map(({ lease }) => lease)).not.toContain(claim.lease);
    delivery.id = claim.delivery;
    // Its position after a lease without an attempt is up to the store.
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
    (webhookA, webhookB) =>
      model.webhook(webhookA)?.record.account === model.webhook(webhookB)?.record.account,
  );
}

/** Finds the claimed delivery, which must be claimable and in order. */
function findClaimed(model: Model, claim: Claim): ModelDelivery {
  const claimable = model.getClaimable().find(({ webhook }) => webhook.record.id === claim.webhook);
  const delivery = claimable?.waiting.find(
    ({ id, event }) => id === claim.delivery || (id === null && event.event.body === claim.body),
  );
  if (claimable === undefined || delivery === undefined)
    throw new Error(`${claim.delivery} of ${claim.webhook} was claimed but is not claimable`);
  if (delivery.hasKnownOrder) {
    const [first] = claimable.waiting
      .filter(({ hasKnownOrder }) => hasKnownOrder)
      .sort(
        (deliveryA, deliveryB) =>
          deliveryA.dueAt - deliveryB.dueAt ||
          model.deliveries.indexOf(deliveryA) - model.deliveries.indexOf(deliveryB),
      );
    expect(first?.event.event.body, "the first delivery of its webhook").toBe(delivery.event.event.body);
  }
  return delivery;
}

/** No account or webhook is served more than once more often than another one that still waits. */
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
