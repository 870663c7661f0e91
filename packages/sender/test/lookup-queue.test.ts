import { expect, test } from "vitest";
import { LookupQueue, type Queued } from "../src/egress/lookup-queue.ts";

class Lookup implements Queued {
  readonly isSlow = false;
  isRunning = false;
  start(): void {
    this.isRunning = true;
  }
}

function addLookups(queue: LookupQueue<Lookup>, account: string, count: number): readonly Lookup[] {
  return Array.from({ length: count }, () => {
    const lookup = new Lookup();
    queue.add(lookup, account);
    return lookup;
  });
}

test("accounts whose look-ups take long do not delay an account whose look-ups are quick", () => {
  const queue = new LookupQueue<Lookup>({ quick: 8, slow: 1, perAccount: 4 });
  const accounts = ["a", "b", "c", "d"];
  // Two of each account run.
  const long = [2, 8].flatMap((count) => accounts.flatMap((account) => addLookups(queue, account, count)));
  const quick = addLookups(queue, "quick", 5);
  expect(long.filter(({ isRunning }) => isRunning)).toHaveLength(8);

  const [ended] = long;
  queue.delete(ended as Lookup, ["a"]);
  // Each quick one ends at once, and its place goes to the next of its account: the others hold two or one.
  for (const lookup of quick) {
    expect(lookup.isRunning).toBe(true);
    queue.delete(lookup, ["quick"]);
  }
  expect(long.filter(({ isRunning }) => isRunning)).toHaveLength(9);
});

test("accounts that hold as many places are served in turns", () => {
  const queue = new LookupQueue<Lookup>({ quick: 4, slow: 1, perAccount: 4 });
  const [a, b] = [addLookups(queue, "a", 8), addLookups(queue, "b", 8)];
  const running = (lookups: readonly Lookup[]): number => lookups.filter(({ isRunning }) => isRunning).length;
  expect([running(a), running(b)]).toEqual([4, 0]);
  for (const [index, lookup] of a.slice(0, 4).entries()) {
    queue.delete(lookup, ["a"]);
    expect(running(a) + running(b)).toBe(5 + index);
  }
  expect([running(a), running(b)]).toEqual([6, 2]);
});
