import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type InFlightItem, InFlightSet } from "../src/index.ts";

interface Thing extends InFlightItem {
  readonly n: number;
  readonly load?: unknown;
}

const thing = (n: number): Thing => ({ n, index: 0 });
const numbers = (things: Iterable<Thing>): readonly number[] => [...things].map(({ n }) => n).sort();

test("it holds what was put in and not taken out", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (steps) => {
      const bag = new InFlightSet<Thing>();
      const inIt = new Map<number, Thing>();
      for (const n of steps) {
        const known = inIt.get(n);
        if (known === undefined) {
          const one = thing(n);
          bag.add(one);
          inIt.set(n, one);
        } else {
          bag.delete(known);
          inIt.delete(n);
        }
        expect(numbers(bag)).toEqual(numbers(inIt.values()));
        expect(bag.size).toBe(inIt.size);
      }
    }),
    getRuns(100),
  );
});

test("each comes once, though those that came are taken out", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 20 }), (isTaken) => {
      const bag = new InFlightSet<Thing>();
      for (const n of isTaken.keys()) bag.add(thing(n));
      const seen: number[] = [];
      for (const one of bag) {
        seen.push(one.n);
        if (isTaken[one.n] === true) bag.delete(one);
      }
      expect(seen.sort()).toEqual([...isTaken.keys()].sort());
      expect(numbers(bag)).toEqual([...isTaken.keys()].filter((n) => isTaken[n] !== true).sort());
    }),
    getRuns(100),
  );
});

test("it says when it is empty, also to who asks while it is", async () => {
  const bag = new InFlightSet<Thing>();
  await bag.whenEmpty();
  const [one, two] = [thing(1), thing(2)];
  bag.add(one);
  const emptied: string[] = [];
  const waiting = bag.whenEmpty().then(() => emptied.push("empty"));
  bag.add(two);
  bag.delete(one);
  await Promise.resolve();
  expect(emptied).toEqual([]);
  bag.delete(two);
  await waiting;
  expect(emptied).toEqual(["empty"]);
});

/** How much is left, in bytes, when so many things came and went, a few at a time, and were collected as they went. */
function left(add: (one: Thing) => void, remove: (one: Thing) => void): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options?: { readonly type: "minor" }) => void;
  const underWay: Thing[] = [];
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 20_000; n++) {
    const one = { n, index: 0, load: new Array(100).fill(n) };
    add(one);
    underWay.push(one);
    if (underWay.length > 200) remove(underWay.shift() as Thing);
    if (n % 1000 === 0) collect({ type: "minor" });
  }
  collect({ type: "minor" });
  return process.memoryUsage().heapUsed - before;
}

test("what came and went leaves nothing that only a full collection would take, as it does from a Set", () => {
  const bag = new InFlightSet<Thing>();
  expect(
    left(
      (one) => bag.add(one),
      (one) => bag.delete(one),
    ),
  ).toBeLessThan(3_000_000);
  const set = new Set<Thing>();
  expect(
    left(
      (one) => set.add(one),
      (one) => set.delete(one),
    ),
  ).toBeGreaterThan(6_000_000);
});
