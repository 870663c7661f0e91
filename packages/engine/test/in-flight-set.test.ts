import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type InFlightItem, InFlightSet } from "../src/index.ts";

interface Item extends InFlightItem {
  readonly n: number;
  readonly load?: unknown;
}

const createItem = (n: number): Item => ({ n, index: 0 });
const numbers = (items: Iterable<Item>): readonly number[] => [...items].map(({ n }) => n).sort();

test("it contains the added items that were not deleted", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (steps) => {
      const set = new InFlightSet<Item>();
      const inIt = new Map<number, Item>();
      for (const n of steps) {
        const known = inIt.get(n);
        if (known === undefined) {
          const one = createItem(n);
          set.add(one);
          inIt.set(n, one);
        } else {
          set.delete(known);
          inIt.delete(n);
        }
        expect(numbers(set)).toEqual(numbers(inIt.values()));
        expect(set.size).toBe(inIt.size);
      }
    }),
    getRuns(100),
  );
});

test("each item is visited once, although items are deleted during iteration", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 20 }), (isTaken) => {
      const set = new InFlightSet<Item>();
      for (const n of isTaken.keys()) set.add(createItem(n));
      const seen: number[] = [];
      for (const one of set) {
        seen.push(one.n);
        if (isTaken[one.n] === true) set.delete(one);
      }
      expect(seen.sort()).toEqual([...isTaken.keys()].sort());
      expect(numbers(set)).toEqual([...isTaken.keys()].filter((n) => isTaken[n] !== true).sort());
    }),
    getRuns(100),
  );
});

test("whenEmpty() resolves once the set is empty, also if it is empty already", async () => {
  const set = new InFlightSet<Item>();
  await set.whenEmpty();
  const [one, two] = [createItem(1), createItem(2)];
  set.add(one);
  const emptied: string[] = [];
  const waiting = set.whenEmpty().then(() => emptied.push("empty"));
  set.add(two);
  set.delete(one);
  await Promise.resolve();
  expect(emptied).toEqual([]);
  set.delete(two);
  await waiting;
  expect(emptied).toEqual(["empty"]);
});

/** The heap growth in bytes after many items were added and deleted, with minor collections in between. */
function measureGrowth(add: (item: Item) => void, remove: (item: Item) => void): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options?: { readonly type: "minor" }) => void;
  const inFlight: Item[] = [];
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 20_000; n++) {
    const one = { n, index: 0, load: new Array(100).fill(n) };
    add(one);
    inFlight.push(one);
    if (inFlight.length > 200) remove(inFlight.shift() as Item);
    if (n % 1000 === 0) collect({ type: "minor" });
  }
  collect({ type: "minor" });
  return process.memoryUsage().heapUsed - before;
}

test("minor collections free deleted items, which they do not for a Set", () => {
  const set = new InFlightSet<Item>();
  expect(
    measureGrowth(
      (one) => set.add(one),
      (one) => set.delete(one),
    ),
  ).toBeLessThan(3_000_000);
  const nativeSet = new Set<Item>();
  expect(
    measureGrowth(
      (item) => nativeSet.add(item),
      (item) => nativeSet.delete(item),
    ),
  ).toBeGreaterThan(6_000_000);
});
