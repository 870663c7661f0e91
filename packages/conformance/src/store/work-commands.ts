import fc from "fast-check";
import { expect } from "vitest";
import type { ClaimRequest, AttemptResult } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import { applyClaims } from "./model-claims.ts";
import { type Command, createCommand, createWait } from "./model-run.ts";

const leaseMs = fc.constantFrom(50, 1000);

export const claimRequest: fc.Arbitrary<ClaimRequest> = fc.record({
  worker: fc.constantFrom("one", "two"),
  max: fc.constantFrom(1, 2, 3, 100),
  leaseMs,
});

/** Workers of another process have other names. */
export function toProcessRequest({ reopenCount }: Model, { claimant, ...rest }: ClaimRequest): ClaimRequest {
  return { claimant: `${claimant}${reopenCount}`, ...rest };
}

/** By one worker, or by two at the same time. */
export const claim: fc.Arbitrary<Command> = fc
  .array(claimRequest, { minLength: 1, maxLength: 2 })
  .map((requests) =>
    createCommand(
      `claim(${requests.map(({ claimant, max, leaseMs }) => `${claimant} ${max} for ${leaseMs}`).join(", ")})`,
      async (model, { store }) => {
        const asked = requests.map((claimInput) => toProcessRequest(model, claimInput));
        const given = await Promise.all(asked.map((claimInput) => store.claim(claimInput)));
        for (const [i, requestForModel] of asked.entries()) applyClaims(model, given[i] ?? [], requestForModel);
        if (given.at(-1)?.length === requests.at(-1)?.max) return;
        // Who got less than was asked for sleeps so long: a store that still said "now" would let nobody sleep.
        const nextDueIn = await store.nextDueIn();
        expect(nextDueIn).not.toBe(0);
        if (!model.deliveries.some(({ state }) => state === "pending")) expect(nextDueIn).toBeNull();
      },
    ),
  );

const attempt = fc.constantFrom(
  { status: 503, ms: 5, reason: "answered 503", answer: "busy" },
  { status: null, ms: 7, reason: "timeout", answer: null },
  null,
);

const outcome: fc.Arbitrary<Omit<AttemptResult, "lease">> = fc.oneof(
  fc.constant({
    settled: { state: "delivered" as const },
    attempt: { status: 200, ms: 5, reason: null, answer: null },
  }),
  fc.record({
    settled: fc.record({ state: fc.constant("retry" as const), delayMs: fc.constantFrom(0, 50, 1000) }),
    attempt,
  }),
  fc.record({ settled: fc.constant({ state: "dead" as const, reason: "given up" }), attempt }),
  fc.constant({ settled: { state: "release" as const }, attempt: null }),
);

/** Any lease that was ever given, most often one of the last. */
const leaseIndex = fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(12) });

function getLease({ leases }: Readonly<Model>, n: number): string {
  return leases.at(-1 - n)?.lease ?? "nobody/ever";
}

/** In one call; in as many calls at the same time; or in one, with all of them renewed in the same moment. */
export const complete: fc.Arbitrary<Command> = fc
  .tuple(
    fc.array(fc.tuple(leaseIndex, outcome), { minLength: 1, maxLength: 3 }),
    fc.constantFrom("settle", "settleApart", "settleAndRenew"),
  )
  .map(([picked, how]) =>
    createCommand(
      `${how}(${picked.map(([n, { completion, attempt }]) => `${-1 - n}: ${Object.values(completion).join(" ")}${attempt === null ? "" : ` ${attempt.responseStatus}`}`).join(", ")})`,
      async (model, { store }) => {
        const settlements = picked.map(([n, parts]) => ({ lease: getLease(model, n), ...parts }));
        const leases = [...new Set(settlements.map((result) => result.lease))];
        const batches = how === "settleApart" ? settlements.map((result) => [result]) : [settlements];
        const [lost, notRenewed] = await Promise.all([
          Promise.all(batches.map((batch) => store.complete(batch))),
          how === "settleAndRenew" ? store.renew(leases, 1000) : leases,
        ]);
        const expected = settlements.filter((result) => !model.complete(result)).map((result) => result.lease);
        expect(lost.flat().sort(), "lost leases").toEqual(expected.sort());
        expect([...notRenewed].sort(), "leases that were not renewed").toEqual(leases.sort());
      },
      ({ leases }) => leases.length > 0,
    ),
  );

export const renew: fc.Arbitrary<Command> = fc
  .tuple(fc.uniqueArray(leaseIndex, { minLength: 1, maxLength: 3 }), leaseMs)
  .map(([picked, leaseMs]) =>
    createCommand(
      `renew(${picked.map((n) => -1 - n).join(", ")} for ${leaseMs})`,
      async (model, { store }) => {
        const leases = [...new Set(picked.map((n) => getLease(model, n)))];
        const lost = await store.renew(leases, leaseMs);
        const live = model.getLiveLeases().filter((held) => leases.includes(held.lease));
        for (const held of live) held.until = model.now + leaseMs;
        expect([...lost].sort(), "lost leases").toEqual(
          leases.filter((lease) => !live.some((held) => held.lease === lease)).sort(),
        );
      },
      ({ leases }) => leases.length > 0,
    ),
  );

export const wait: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom(1, 49, 50, 100, 1000).map((ms) => createWait(`wait(${ms})`, () => ms)),
  fc
    .constantFrom(0, 1)
    .map((less) =>
      createWait(
        `wait until the next moment${less === 0 ? "" : " but one"}`,
        (model) => (model.getNextClaimableAt() ?? model.now) - model.now - less,
      ),
    ),
);

/** The process ends, and another begins: whoever held a lease is gone. */
export const reopen: fc.Arbitrary<Command> = fc.constant(
  createCommand(
    "reopen()",
    async (model, real) => {
      if (real.reopen === undefined) return;
      real.store = await real.reopen();
      model.reopenCount += 1;
      for (const held of model.leases) held.isEnded = true;
    },
    ({ reopenCount }) => reopenCount === 0,
  ),
);
