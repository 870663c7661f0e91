import fc from "fast-check";
import { expect } from "vitest";
import type { AttemptResult, ClaimRequest } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import { applyClaims } from "./model-claims.ts";
import { type Command, createCommand, createWait } from "./model-run.ts";

const leaseMs = fc.constantFrom(50, 1000);

export const claimRequest: fc.Arbitrary<ClaimRequest> = fc.record({
  claimant: fc.constantFrom("one", "two"),
  max: fc.constantFrom(1, 2, 3, 100),
  leaseMs,
});

/** A reopened store stands for another process, whose claimants have other names. */
export function toProcessRequest({ reopenCount }: Model, { claimant, ...rest }: ClaimRequest): ClaimRequest {
  return { claimant: `${claimant}${reopenCount}`, ...rest };
}

/** By one claimant, or by two concurrently. */
export const claim: fc.Arbitrary<Command> = fc
  .array(claimRequest, { minLength: 1, maxLength: 2 })
  .map((requests) =>
    createCommand(
      `claim(${requests.map(({ claimant, max, leaseMs }) => `${claimant} ${max} for ${leaseMs}`).join(", ")})`,
      async (model, { store }) => {
        const processRequests = requests.map((claimInput) => toProcessRequest(model, claimInput));
        const results = await Promise.all(processRequests.map((claimInput) => store.claim(claimInput)));
        for (const [i, requestForModel] of processRequests.entries())
          applyClaims(model, results[i] ?? [], requestForModel);
        if (results.at(-1)?.length === requests.at(-1)?.max) return;
        // A dispatcher that got fewer claims than requested sleeps for this time: 0 would make it spin.
        const nextDueIn = await store.nextDueIn();
        expect(nextDueIn).not.toBe(0);
        if (!model.deliveries.some(({ state }) => state === "pending")) expect(nextDueIn).toBeNull();
      },
    ),
  );

const attempt = fc.constantFrom(
  { responseStatus: 503, durationMs: 5, reason: "answered 503", responseBody: "busy" },
  { responseStatus: null, durationMs: 7, reason: "timeout", responseBody: null },
  null,
);

const outcome: fc.Arbitrary<Omit<AttemptResult, "lease">> = fc.oneof(
  fc.constant({
    completion: { state: "delivered" as const },
    attempt: { responseStatus: 200, durationMs: 5, reason: null, responseBody: null },
  }),
  fc.record({
    completion: fc.record({ state: fc.constant("retry" as const), delayMs: fc.constantFrom(0, 50, 1000) }),
    attempt,
  }),
  fc.record({ completion: fc.constant({ state: "dead" as const, reason: "given up" }), attempt }),
  fc.constant({ completion: { state: "release" as const }, attempt: null }),
);

/** Any lease that was ever granted, most often a recent one. */
const leaseIndex = fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(12) });

function getLease({ leases }: Readonly<Model>, n: number): string {
  return leases.at(-1 - n)?.lease ?? "unknown/lease";
}

/** In one call; in one concurrent call per result; or in one, concurrently with a renewal of all leases. */
export const complete: fc.Arbitrary<Command> = fc
  .tuple(
    fc.array(fc.tuple(leaseIndex, outcome), { minLength: 1, maxLength: 3 }),
    fc.constantFrom("complete", "completeApart", "completeAndRenew"),
  )
  .map(([picked, how]) =>
    createCommand(
      `${how}(${picked.map(([n, { completion, attempt }]) => `${-1 - n}: ${Object.values(completion).join(" ")}${attempt === null ? "" : ` ${attempt.responseStatus}`}`).join(", ")})`,
      async (model, { store }) => {
        const attemptResults = picked.map(([n, parts]) => ({ lease: getLease(model, n), ...parts }));
        const leases = [...new Set(attemptResults.map((result) => result.lease))];
        const batches = how === "completeApart" ? attemptResults.map((result) => [result]) : [attemptResults];
        const [lost, notRenewed] = await Promise.all([
          Promise.all(batches.map((batch) => store.complete(batch))),
          how === "completeAndRenew" ? store.renew(leases, 1000) : leases,
        ]);
        const expected = attemptResults
          .filter((result) => !model.complete(result))
          .map((result) => result.lease);
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
        const live = model.getLiveLeases().filter(({ lease }) => leases.includes(lease));
        for (const lease of live) lease.until = model.now + leaseMs;
        expect([...lost].sort(), "lost leases").toEqual(
          leases.filter((lease) => !live.some((liveLease) => liveLease.lease === lease)).sort(),
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

/** The process ends and another one starts: all leases are lost. */
export const reopen: fc.Arbitrary<Command> = fc.constant(
  createCommand(
    "reopen()",
    async (model, real) => {
      if (real.reopen === undefined) return;
      real.store = await real.reopen();
      model.reopenCount += 1;
      for (const lease of model.leases) lease.isEnded = true;
    },
    ({ reopenCount }) => reopenCount === 0,
  ),
);
